package dev.braid.benchmarks;

import dev.braid.data.Instance;
import dev.braid.data.InstanceSource;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.router.Learner;
import dev.braid.router.Prediction;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.zip.CRC32C;

/** All that a learner says of a stream, as one number: equal if it is equal to the last bit. */
final class Fingerprint {

  /** An event whose label has not come yet. */
  private record Pending(Instance instance, Prediction then) {}

  private final CRC32C crc = new CRC32C();
  private final Learner learner;
  private final int labelDelay;
  private final Deque<Pending> pending = new ArrayDeque<>();
  private ByteBuffer bytes = ByteBuffer.allocate(0);

  private Fingerprint(final Learner learner, final int labelDelay) {
    this.learner = learner;
    this.labelDelay = labelDelay;
  }

  /**
   * Runs a learner over a stream, predicting each event before it is learned.
   *
   * @param learner opened with the schema that the stream has at its start
   * @param limit events at the most
   * @param labelDelay events between a prediction and its label, 0 for at once
   * @return checksum of the predicted classes and of the bits of all probabilities; where the
   *     target is a number, of its bits and of those of all its quantiles
   */
  static long of(
      final Learner learner, final InstanceSource source, final long limit, final int labelDelay) {
    final Fingerprint run = new Fingerprint(learner, labelDelay);
    Schema known = source.schema();
    for (long event = 0; event < limit; event++) {
      final Instance instance = source.next();
      if (instance == null) {
        break;
      }
      if (!known.equals(source.schema())) {
        known = source.schema();
        learner.grow(known);
      }
      run.take(instance);
    }
    return run.crc.getValue();
  }

  private void take(final Instance instance) {
    final Prediction said = new Prediction();
    if (labelDelay == 0 && isLabelled(instance)) {
      learner.testThenTrain(instance.x(), instance.target(), said);
      add(said);
      return;
    }
    learner.predict(instance.x(), said);
    add(said);
    pending.addLast(new Pending(instance, said));
    if (pending.size() > labelDelay) {
      final Pending oldest = pending.removeFirst();
      if (isLabelled(oldest.instance())) {
        learner.learn(padded(oldest.instance().x()), oldest.instance().target(), oldest.then());
      }
    }
  }

  private boolean isLabelled(final Instance instance) {
    return learner.schema().target().isKnown(instance.target());
  }

  /** An event from before the schema grew lacks what came since. */
  private double[] padded(final double[] x) {
    final double[] longer = Arrays.copyOf(x, learner.schema().featureCount());
    Arrays.fill(longer, Math.min(x.length, longer.length), longer.length, Double.NaN);
    return longer;
  }

  private void add(final Prediction said) {
    if (learner.schema().target() instanceof Target.Quantity) {
      begin(Double.BYTES * (1 + said.quantiles().length));
      put(said.number());
      put(said.quantiles());
    } else {
      begin(Integer.BYTES + Double.BYTES * said.probabilities().length);
      bytes.putInt(said.label());
      put(said.probabilities());
    }
    crc.update(bytes.flip());
  }

  private void begin(final int size) {
    if (bytes.capacity() < size) {
      bytes = ByteBuffer.allocate(size);
    }
    bytes.clear();
  }

  private void put(final double... values) {
    for (final double value : values) {
      bytes.putLong(Double.doubleToRawLongBits(value));
    }
  }
}
