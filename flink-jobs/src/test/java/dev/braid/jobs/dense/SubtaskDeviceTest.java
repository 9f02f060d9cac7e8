package dev.braid.jobs.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.Event;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class SubtaskDeviceTest {

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
    return SubtaskDevice.of(Arrays.stream(indices).map(Gpu::new).toList(), subtask);
  }

  @Test
  void subtasksTakeTurnsAmongTheDevicesHandedOut() {
    assertEquals(OptionalInt.of(1), of(0, "3", "1"));
    assertEquals(OptionalInt.of(3), of(1, "3", "1"));
    assertEquals(OptionalInt.of(1), of(2, "3", "1"));
  }

  /** As a task sees it: through the environment that the task manager gives it. */
  private static OptionalInt inTask(
      final String configured, final String handedOut, final int subtask) throws Exception {
    final Set<ExternalResourceInfo> devices = Set.of(new Gpu("4"), new Gpu("6"));
    final MockEnvironment task =
        new MockEnvironmentBuilder()
            .setParallelism(4)
            .setMaxParallelism(128)
            .setSubtaskIndex(subtask)
            .setExternalResourceInfoProvider(name -> name.equals(handedOut) ? devices : Set.of())
            .build();
    final KeyedOneInputStreamOperatorTestHarness<Integer, Event, Event> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new DenseMoeOperator(DenseRows.config("dense.external-resource", configured)),
            event -> 0,
            Types.INT,
            task);
    try {
      harness.open();
      return SubtaskDevice.of(harness.getOperator().getRuntimeContext(), configured);
    } finally {
      harness.close();
      task.close();
    }
  }

  @Test
  void aTaskFindsItsDeviceAmongFlinksExternalResources() throws Exception {
    assertEquals(OptionalInt.of(4), inTask("gpu", "gpu", 0));
    assertEquals(OptionalInt.of(6), inTask("gpu", "gpu", 3));
    assertEquals(OptionalInt.of(6), inTask("accelerator", "accelerator", 1));
  }

  @Test
  void aTaskWithoutSuchAResourceOpensAndDemandsNone() throws Exception {
    assertEquals(OptionalInt.empty(), inTask("gpu", "fpga", 1));
    assertEquals(OptionalInt.empty(), inTask("", "gpu", 1));
  }

  @Test
  void aClusterThatHandsOutNoneLeavesTheChoiceToTheLayer() {
    assertEquals(OptionalInt.empty(), of(0));
    assertEquals(OptionalInt.empty(), of(0, "GPU-5e3f", null));
  }
}
