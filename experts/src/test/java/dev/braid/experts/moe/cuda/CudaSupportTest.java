package dev.braid.experts.moe.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.experts.moe.device.DeviceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is asked of a machine, and what is said where it does not have it. */
class CudaSupportTest {
  private static final long MB = 1 << 20;

  private static String refusal(final Executable check) {
    return assertThrows(DeviceException.class, check).getMessage();
  }

  @Test
  void aMachineWithoutADriverIsToldSo() {
    assertEquals(
        "CUDA's libraries are here, but no NVIDIA driver is loaded: install one, or run on a"
            + " machine that has a device",
        refusal(() -> CudaSupport.requireVersions(0, 13000)));
  }

  @Test
  void anOldDriverIsNamedWithWhatItServes() {
    assertEquals(
        "The NVIDIA driver serves CUDA 12.4, 13.0 or newer is needed: install a newer driver",
        refusal(() -> CudaSupport.requireVersions(12040, 13000)));
  }

  @Test
  void anOldRuntimeIsNamedWithItsVersion() {
    assertEquals(
        "The CUDA runtime on the library path is 12.9, 13.0 or newer is needed: put CUDA 13 before"
            + " it on LD_LIBRARY_PATH",
        refusal(() -> CudaSupport.requireVersions(13010, 12090)));
  }

  @Test
  void theOldestVersionsAndDevicesThatServePass() {
    CudaSupport.requireVersions(13000, 13000);
    CudaSupport.requireArchitecture(0, 8, 0);
    CudaSupport.requireRoom(64 * MB, 64 * MB, 64 * MB, 80 * MB, "CUDA device 0");
  }

  @Test
  void anOldDeviceIsNamedWithItsComputeCapability() {
    assertEquals(
        "CUDA device 1 has compute capability 7.5, 8.0 or newer is needed",
        refusal(() -> CudaSupport.requireArchitecture(1, 7, 5)));
  }

  @Test
  void aLayerThatMayNotTakeEnoughMemoryIsToldHowMuchItNeeds() {
    assertEquals(
        "The layer needs 65 MB of device memory and may take 64 MB: allow more, or smaller batches",
        refusal(() -> CudaSupport.requireRoom(64 * MB + 1, 64 * MB, 90 * MB, 99 * MB, "device")));
  }

  @Test
  void aFullDeviceIsToldWithWhatIsFree() {
    assertEquals(
        "The layer needs 64 MB of device memory, CUDA device 0 has 10 MB free of 80 MB: use smaller"
            + " batches or fewer subtasks per device",
        refusal(
            () ->
                CudaSupport.requireRoom(
                    64 * MB, Long.MAX_VALUE, 10 * MB, 80 * MB, "CUDA device 0")));
  }
}
