package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.experts.moe.spec.DenseBatch;
import java.util.Arrays;
import java.util.List;

/** Gives events their votes, as features behind those that they brought. */
final class Voted {
  private final String[] votes;
  private final int classes;
  private String[] brought = new String[0];
  private String[] names;

  /**
   * @param votes names of the features: by voter, the layer first, then by class
   */
  Voted(final List<String> votes, final int classes) {
    this.votes = votes.toArray(String[]::new);
    this.classes = classes;
    names = this.votes;
  }

  /** Whether the experts of the layer vote beside it. */
  boolean experts() {
    return votes.length > classes;
  }

  /**
   * The event with the votes of a batch that was carried out. Should it have brought a feature of
   * such a name, the later one counts, which is ours.
   */
  Event of(final Event event, final DenseBatch batch, final int row) {
    final int own = event.names().length;
    if (!Arrays.equals(brought, event.names())) {
      brought = event.names();
      names = Arrays.copyOf(brought, own + votes.length);
      System.arraycopy(votes, 0, names, own, votes.length);
    }
    final double[] numbers = Arrays.copyOf(event.numbers(), names.length);
    for (int c = 0; c < classes; c++) {
      numbers[own + c] = batch.probabilities()[row * classes + c];
    }
    final int others = votes.length - classes;
    for (int i = 0; i < others; i++) {
      numbers[own + classes + i] = batch.votes()[row * others + i];
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
