package dev.braid.jobs.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.Test;

class DevicePlaceTest {

  /** A device as Flink's GPU driver describes it. */
  private record Gpu(String index) implements ExternalResourceInfo {
    @Override
    public Optional<String> getProperty(final String key) {
      return key.equals("index") ? Optional.ofNullable(index) : Optional.empty();
    }

    @Override
    public Collection<String> getKeys() {
      return List.of("index");
    }
  }

  private static OptionalInt of(final int subtask, final String... indices) {
    return DevicePlace.of(Arrays.stream(indices).map(Gpu::new).toList(), subtask);
  }

  @Test
  void subtasksTakeTurnsAmongTheDevicesHandedOut() {
    assertEquals(OptionalInt.of(1), of(0, "3", "1"));
    assertEquals(OptionalInt.of(3), of(1, "3", "1"));
    assertEquals(OptionalInt.of(1), of(2, "3", "1"));
  }

  @Test
  void aClusterThatHandsOutNoneLeavesTheChoiceToTheLayer() {
    assertEquals(OptionalInt.empty(), of(0));
    assertEquals(OptionalInt.empty(), of(0, "GPU-5e3f", null));
  }
}
