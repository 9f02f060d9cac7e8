package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.experts.moe.spec.DenseBatch;
import java.util.Arrays;
import java.util.List;

/** Gives events the layer's predictions, as features behind those that they brought. */
final class PredictedEvents {
  private final String[] features;
  private final int classes;
  private String[] brought = new String[0];
  private String[] names;

  /**
   * @param features names of the features: by model, the layer first, then by class
   */
  PredictedEvents(final List<String> features, final int classes) {
    this.features = features.toArray(String[]::new);
    this.classes = classes;
    names = this.features;
  }

  /** Whether the experts of the layer predict beside it. */
  boolean experts() {
    return features.length > classes;
  }

  /** The event with the predictions of a batch that was carried out. */
  Event of(final Event event, final DenseBatch batch, final int row) {
    final int own = event.names().length;
    if (!Arrays.equals(brought, event.names())) {
      brought = event.names();
      names = Arrays.copyOf(brought, own + features.length);
      System.arraycopy(features, 0, names, own, features.length);
    }
    final double[] numbers = Arrays.copyOf(event.numbers(), names.length);
    for (int c = 0; c < classes; c++) {
      numbers[own + c] = batch.probabilities()[row * classes + c];
    }
    final int others = features.length - classes;
    for (int i = 0; i < others; i++) {
      numbers[own + classes + i] = batch.expertProbabilities()[row * others + i];
    }
    return new Event(
        event.id(),
        event.key(),
        event.timestamp(),
        names,
        numbers,
        Arrays.copyOf(event.texts(), names.length),
        event.label(),
        event.origin());
  }
}
