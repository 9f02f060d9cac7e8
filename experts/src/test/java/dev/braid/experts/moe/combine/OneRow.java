package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Map;

/**
 * One row that all experts compute: those that are chosen from have equal weights, the last one is
 * shared.
 */
final class OneRow {
  private final Combine combine;
  private final float[][] said;
  private final Routing routing;
  private final int classes;

  OneRow(final Combine combine, final float[]... said) {
    this.combine = combine;
    this.said = said;
    final int chosen = said.length - 1;
    classes = said[0].length;
    final boolean[] alive = new boolean[chosen];
    Arrays.fill(alive, true);
    routing = new Routing(1, chosen, said.length, new float[0], alive);
    for (int e = 0; e < chosen; e++) {
      routing.add(0, e, 1f / chosen);
    }
    routing.share(chosen, 1);
  }

  /** What comes out. */
  float[] forward(final boolean learning) {
    final float[] logits = new float[classes];
    combine.forward(step(0, 0), learning, logits);
    return logits;
  }

  /** The gradients of what the experts said, in their place. */
  float[][] backward(final int label, final long number, final float... logitGradient) {
    combine.backward(step(label, number), logitGradient);
    return said;
  }

  float weightGradient(final int expert) {
    return routing.weightGradient(expert);
  }

  private Step step(final int label, final long number) {
    final Map<String, Object> answers =
        Map.of(
            "rows",
            1,
            "labelled",
            1,
            "outputs",
            classes,
            "labels",
            new int[] {label},
            "rowWeight",
            new float[] {1},
            "experts",
            said.length,
            "routing",
            routing,
            "number",
            number,
            "seed",
            7L);
    return (Step)
        Proxy.newProxyInstance(
            OneRow.class.getClassLoader(),
            new Class<?>[] {Step.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "expert" -> new Alone((int) arguments[0], said[(int) arguments[0]]);
                  case "scratch" -> new float[(int) arguments[0]];
                  default ->
                      method.isDefault()
                          ? InvocationHandler.invokeDefault(proxy, method, arguments)
                          : answers.get(method.getName());
                });
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Alone(int expert, float[] out) implements ExpertRows {
    @Override
    public int rows() {
      return 1;
    }

    @Override
    public int labelled() {
      return 1;
    }

    @Override
    public int row(final int i) {
      return 0;
    }

    @Override
    public int pair(final int i) {
      return expert;
    }
  }
}
