package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetState;
import dev.braid.experts.PortableMath;
import dev.braid.experts.Probabilities;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Objects;

/** What the outputs of a network mean and what they learn, by the sort of target. */
interface Head extends TargetState {

  /** The one for a schema's target. */
  static Head of(final Schema schema) {
    return schema.target() instanceof Target.Quantity
        ? new Deviations()
        : new Classes(schema.classCount());
  }

  /** Takes a schema that has grown. */
  default void grow(final Schema schema) {}

  /** Outputs of the network. */
  int outputs();

  /** Classes of a dense layer in the place of such a network. */
  int classes();

  /** Learns of a target, and says how the network's rows hold it. */
  float taken(double target);

  /** Whether rows that hold targets {@link #taken} before the last one mean something else now. */
  boolean outgrewRows();

  /**
   * The class that a row's target counts as in a dense layer.
   *
   * @param taken as {@link #taken} gave it
   * @param draw 0 to below 1
   */
  int classOf(float taken, double draw);

  /** Turns the probabilities of a dense layer's classes into a prediction. */
  void answerOfLayer(float[] probabilities, double[] prediction);

  /** Turns outputs into a prediction. */
  void answer(float[] out, double[] prediction);

  /** The prediction of a network that has not learned. */
  void answerUntrained(double[] prediction);

  /** One step; the first column of the rows' targets is as {@link #taken} gave it. */
  void learn(FeedForwardNet net, float[][] x, float[][] target, int rows);

  /**
   * Checks a target that was read.
   *
   * @throws MalformedImageException if {@link #taken} cannot have given it
   */
  void check(float target);

  /** A logit for each class, cross-entropy. */
  final class Classes implements Head {
    private int classes;

    Classes(final int classes) {
      this.classes = classes;
    }

    @Override
    public void grow(final Schema schema) {
      classes = schema.classCount();
    }

    @Override
    public int outputs() {
      return classes;
    }

    /** A layer has two at the least. */
    @Override
    public int classes() {
      return Math.max(2, classes);
    }

    @Override
    public float taken(final double target) {
      return Objects.checkIndex((int) target, classes);
    }

    @Override
    public boolean outgrewRows() {
      return false;
    }

    @Override
    public int classOf(final float taken, final double draw) {
      return (int) taken;
    }

    @Override
    public void answerOfLayer(final float[] probabilities, final double[] prediction) {
      double sum = 0;
      for (int c = 0; c < prediction.length; c++) {
        prediction[c] = probabilities[c];
        sum += prediction[c];
      }
      if (!(sum > 0)) {
        Probabilities.uniform(prediction);
        return;
      }
      for (int c = 0; c < prediction.length; c++) {
        prediction[c] /= sum;
      }
    }

    @Override
    public void answer(final float[] out, final double[] prediction) {
      for (int c = 0; c < prediction.length; c++) {
        prediction[c] = out[c];
      }
      PortableMath.softmax(prediction);
    }

    @Override
    public void answerUntrained(final double[] prediction) {
      Probabilities.uniform(prediction);
    }

    @Override
    public void learn(
        final FeedForwardNet net, final float[][] x, final float[][] target, final int rows) {
      net.learnClasses(x, target, rows);
    }

    @Override
    public void check(final float target) {
      if (!(target >= 0 && target < classes)) {
        throw new MalformedImageException("a row of a network holds class " + target);
      }
    }
  }

  /** How many deviations a number lies above its mean; squared error, as far as errors count. */
  final class Deviations extends TargetState.OfNumbers implements Head {
    /** Deviation that is so many times that of the rows makes them worthless. */
    private static final double OUTGROWN = 2;

    /** Deviation when rows began to be taken. */
    private double ofRows;

    private boolean outgrown;

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public int classes() {
      return TargetPlaces.COUNT;
    }

    @Override
    public float taken(final double target) {
      scale.learn(target);
      outgrown = scale.deviation() > OUTGROWN * ofRows;
      ofRows = outgrown ? scale.deviation() : ofRows;
      return (float) scale.standardise(target);
    }

    @Override
    public boolean outgrewRows() {
      return outgrown;
    }

    @Override
    public int classOf(final float taken, final double draw) {
      return TargetPlaces.classOf(taken, draw);
    }

    @Override
    public void answerOfLayer(final float[] probabilities, final double[] prediction) {
      prediction[0] = scale.restore(TargetPlaces.mean(probabilities));
    }

    @Override
    public void answer(final float[] out, final double[] prediction) {
      prediction[0] = scale.restore(out[0]);
    }

    @Override
    public void answerUntrained(final double[] prediction) {
      prediction[0] = scale.mean();
    }

    @Override
    public void learn(
        final FeedForwardNet net, final float[][] x, final float[][] target, final int rows) {
      net.learnNumbers(x, target, rows);
    }

    @Override
    public void check(final float target) {
      ImageReader.checked(target, -Float.MAX_VALUE, Float.MAX_VALUE, "target of a row");
    }

    @Override
    public void write(final ImageWriter out) {
      super.write(out);
      out.putDouble(ofRows);
    }

    @Override
    public void read(final ImageReader in) {
      super.read(in);
      ofRows = in.getDoubleIn(0, Double.MAX_VALUE, "deviation of a network's rows");
    }

    @Override
    public long sizeBytes() {
      return super.sizeBytes() + 16;
    }
  }
}
