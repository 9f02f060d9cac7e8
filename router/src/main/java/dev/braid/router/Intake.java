package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.state.image.Part;
import java.util.Arrays;
import java.util.List;

/**
 * The half of a divided learner that needs the order of all events: checks, the schema, the usual
 * ranges of the features. It has no experts and predicts nothing: what it makes of its calls are
 * {@link Tasks}.
 */
final class Intake extends PoolLearner {
  private final Tasks tasks;
  private final Part nothing = new Running(List.of(out -> {}));

  Intake(final LearnerSpec spec, final Schema schema, final Tasks tasks) {
    super(spec, Presets.options(spec, schema.target()), schema);
    this.tasks = tasks;
    open(new Running(List.of()), List.of(), null);
    tasks.open(schema);
  }

  Intake(final SavedLearner saved, final Tasks tasks) {
    super(saved.spec(), saved.identity().options(), saved.schema());
    this.tasks = tasks;
    open(new Running(List.of()), List.of(), saved);
  }

  @Override
  protected void ask(final double[] x, final boolean learning) {
    if (!learning) {
      tasks.ask(x);
    }
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    Arrays.fill(out.probabilities(), 0);
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    tasks.learn(x, target, weight);
  }

  @Override
  protected void grown(final Schema larger) {
    tasks.grow(larger);
  }

  @Override
  boolean isWhole() {
    return false;
  }

  @Override
  public long operations(final int expert) {
    throw new IndexOutOfBoundsException("there is no expert " + expert + " here");
  }

  @Override
  protected Part router() {
    return nothing;
  }

  @Override
  protected List<Part> experts() {
    return List.of();
  }

  @Override
  protected long stateBytes() {
    return 0;
  }
}
