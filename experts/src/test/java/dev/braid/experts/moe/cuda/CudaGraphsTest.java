package dev.braid.experts.moe.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.experts.moe.device.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When steps are recorded, and that no recording is left open or behind. */
class CudaGraphsTest {
  private final Diary diary = new Diary();
  private final CudaGraphs<String, String> graphs = new CudaGraphs<>(diary);

  /** Writes down what is asked of CUDA. */
  private static final class Diary implements CudaGraphs.Recorder<String, String> {
    private final List<String> said = new ArrayList<>();
    private DeviceException atEnd;
    private DeviceException atPrepare;

    @Override
    public void begin() {
      said.add("begin");
    }

    @Override
    public String end() {
      said.add("end");
      if (atEnd != null) {
        throw atEnd;
      }
      return "graph";
    }

    @Override
    public String prepare(final String graph) {
      if (atPrepare != null) {
        throw atPrepare;
      }
      return "ready " + graph;
    }

    @Override
    public void discard(final String graph) {
      said.add("discard " + graph);
    }

    @Override
    public void launch(final String ready) {
      said.add("launch " + ready);
    }

    @Override
    public void settle() {
      said.add("settle");
    }

    @Override
    public void free(final String ready) {
      said.add("free " + ready);
    }
  }

  private void step() {
    graphs.run("kind", () -> diary.said.add("step"));
  }

  @Test
  void theFirstStepRunsTheSecondIsRecordedAndTheThirdLaunched() {
    step();
    step();
    step();
    graphs.close();
    assertEquals(
        List.of(
            "step",
            "begin",
            "step",
            "end",
            "discard graph",
            "launch ready graph",
            "launch ready graph",
            "free ready graph"),
        diary.said);
  }

  @Test
  void aStepThatFailsWhileItIsRecordedLeavesNoRecordingOpenAndNoGraph() {
    final DeviceException failed = new DeviceException("a kernel is missing");
    step();
    final Runnable failing =
        () -> {
          throw failed;
        };
    assertSame(failed, assertThrows(DeviceException.class, () -> graphs.run("kind", failing)));
    assertEquals(List.of("step", "begin", "end", "discard graph"), diary.said);
  }

  @Test
  void theFirstFailureIsToldWhereTheRecordingCannotBeEndedEither() {
    final DeviceException failed = new DeviceException("a kernel is missing");
    diary.atEnd = new DeviceException("the recording is invalid");
    step();
    final Runnable failing =
        () -> {
          throw failed;
        };
    assertSame(failed, assertThrows(DeviceException.class, () -> graphs.run("kind", failing)));
    assertSame(diary.atEnd, failed.getSuppressed()[0]);
  }

  @Test
  void aGraphThatCannotBePreparedIsGivenBack() {
    diary.atPrepare = new DeviceException("no memory");
    step();
    assertSame(diary.atPrepare, assertThrows(DeviceException.class, this::step));
    assertEquals(List.of("step", "begin", "step", "end", "discard graph"), diary.said);
  }
}
