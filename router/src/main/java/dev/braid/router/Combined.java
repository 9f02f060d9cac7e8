package dev.braid.router;

import dev.braid.data.Schema;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * The half of a divided learner that makes one prediction of what all its experts say. To be called
 * as its {@link Intake} was: its experts' part in that are the {@link Answers}.
 */
final class Combined extends PoolLearner {
  private final Combination combination;
  private final Answers answers;
  private int width;

  Combined(
      final LearnerSpec spec,
      final Schema schema,
      final List<Member> members,
      final Combination combination,
      final Answers answers) {
    super(spec, Presets.options(spec, schema.target()), schema);
    this.combination = combination;
    this.answers = answers;
    width = schema.target().width();
    open(new Running(List.of()), members, null);
  }

  Combined(final SavedLearner saved, final Combination combination, final Answers answers) {
    super(saved.spec(), saved.identity().options(), saved.schema());
    this.combination = combination;
    this.answers = answers;
    width = saved.schema().target().width();
    open(new Running(List.of()), saved.identity().experts(), saved);
  }

  @Override
  protected void ask(final double[] x, final boolean learning) {
    answers.next(combination);
    combination.combine();
  }

  @Override
  protected void publish(final double[] x, final Prediction out) {
    combination.publish(out);
  }

  @Override
  protected void train(final double[] x, final double target, final double weight) {
    combination.learn(target, weight);
  }

  @Override
  protected boolean trainLate(final double[] x, final double target, final Prediction then) {
    if (!combination.learnAsked(then.memberPredictions(), target, 1)) {
      return false;
    }
    answers.next(combination);
    if (saysOnArrival()) {
      combination.combine();
      sayOnArrival(x);
    }
    combination.learnArrived(target, 1);
    return true;
  }

  @Override
  protected void grown(final Schema larger) {
    if (larger.target().width() != width) {
      width = larger.target().width();
      combination.grow(width);
    }
  }

  @Override
  protected List<PoolEvent> poolEvents() {
    final List<PoolEvent> events = new ArrayList<>();
    for (int e = 0; e < members().size(); e++) {
      for (final PoolEvent.Kind change : answers.drainChanges(e)) {
        events.add(PoolEvent.of(change, members().get(e)));
      }
    }
    return events;
  }

  @Override
  boolean isWhole() {
    return false;
  }

  @Override
  public int[] routerShape() {
    return combination.shape();
  }

  @Override
  public long operations(final int expert) {
    throw new IndexOutOfBoundsException("expert " + expert + " is elsewhere");
  }

  @Override
  protected Part router() {
    return combination;
  }

  @Override
  protected List<Part> experts() {
    return List.of();
  }

  @Override
  protected long stateBytes() {
    return answers.sizeBytes() + combination.sizeBytes();
  }
}
