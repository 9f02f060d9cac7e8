package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.experts.moe.net.MiniBatch;
import dev.braid.spec.Option;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A small multi-layer perceptron: standardised features in, one logit per class or one number out,
 * trained by Adam over small mini-batches on cross-entropy or squared error.
 *
 * <p>Image: chunk 0 is settings, scaler, head and waiting mini-batch, chunk 1 the network, which
 * changes only once per batch.
 */
public final class MlpExpert extends NetworkExpert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "mlp";

  /**
   * What makes one such expert differ from another.
   *
   * @param hidden units of the one hidden layer, 1 or more
   * @param batch events per step, 1 or more
   * @param learningRate Adam's step size, above 0
   */
  public record Settings(int hidden, int batch, double learningRate) {

    public Settings {
      if (hidden < 1 || batch < 1 || !(learningRate > 0)) {
        throw new IllegalArgumentException(
            "a multi-layer perceptron needs hidden units, a batch and a learning rate, not "
                + hidden
                + ", "
                + batch
                + ", "
                + learningRate);
      }
    }
  }

  private static final int TARGETS = 2;

  private final Settings settings;
  private final FeatureScaler scaler;
  private final FeedForwardNet net;
  private final MiniBatch pending;

  /** Inputs of an event that is learned, then its target and weight. */
  private float[] inputs;

  private final float[] target = new float[TARGETS];
  private boolean netDirty = true;

  /**
   * An expert with random weights.
   *
   * @param seed of the weights
   */
  public MlpExpert(final Schema schema, final Settings settings, final long seed) {
    this(
        schema,
        settings,
        new FeedForwardNet(
            new int[] {schema.featureCount(), settings.hidden, schema.target().width()},
            Adam.withLearningRate(settings.learningRate),
            seed));
  }

  private MlpExpert(final Schema schema, final Settings settings, final FeedForwardNet net) {
    super(schema, schema.featureCount());
    this.settings = settings;
    this.net = net;
    scaler = new FeatureScaler(schema.featureCount(), true);
    pending = new MiniBatch(settings.batch, schema.featureCount(), TARGETS);
    inputs = new float[schema.featureCount()];
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  void encode(final double[] x, final float[] row) {
    scaler.scale(x, row);
  }

  @Override
  void answer(final float[] row, final double[] prediction) {
    if (net.steps() == 0) {
      head.answerUntrained(prediction);
    } else {
      head.answer(net.forward(row, 0), prediction);
    }
  }

  @Override
  void take(final double[] x, final float taken, final double weight) {
    target[0] = taken;
    scaler.scale(x, inputs);
    scaler.learn(x);
    target[1] = (float) weight;
    pending.add(inputs, target);
    if (pending.isFull()) {
      head.learn(net, pending.inputs(), pending.targets(), pending.count());
      pending.clear();
      netDirty = true;
    }
  }

  @Override
  int resize(final Schema schema) {
    scaler.grow(schema.featureCount());
    net.grow(schema.featureCount(), head.outputs());
    pending.grow(schema.featureCount(), TARGETS);
    inputs = new float[schema.featureCount()];
    netDirty = true;
    return inputs.length;
  }

  @Override
  public long operations() {
    return net.operations();
  }

  @Override
  public long sizeBytes() {
    return scaler.sizeBytes() + head.sizeBytes() + net.sizeBytes() + pending.sizeBytes() + 256;
  }

  @Override
  public int chunkCount() {
    return 2;
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? super.isDirty(0) : netDirty;
  }

  @Override
  public void markClean() {
    super.markClean();
    netDirty = false;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    switch (chunk) {
      case 0 -> {
        out.begin(ImageKind.EXPERT, KIND)
            .putInt(settings.hidden)
            .putInt(settings.batch)
            .putDouble(settings.learningRate);
        scaler.write(out);
        head.write(out);
        pending.write(out);
      }
      case 1 -> net.write(out);
      default -> throw new IndexOutOfBoundsException(chunk);
    }
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunks were written
   * @throws MalformedImageException if the chunks are not those of such an expert
   */
  public static MlpExpert read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    if (chunkCount != 2) {
      throw new MalformedImageException("a multi-layer perceptron has 2 chunks, not " + chunkCount);
    }
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final int hidden = in.getIntIn(1, 1 << 20, "hidden units");
    final int batch = in.getIntIn(1, 1 << 20, "batch");
    final double learningRate = in.getDouble();
    if (!(learningRate > 0)) {
      throw new MalformedImageException("the learning rate is " + learningRate);
    }
    final ImageReader weights = chunks.apply(1);
    final FeedForwardNet net = FeedForwardNet.read(weights, Adam.withLearningRate(learningRate));
    weights.end();
    if (net.inputs() != schema.featureCount() || net.outputs() != schema.target().width()) {
      throw new MalformedImageException(
          "the network maps "
              + net.inputs()
              + " features to "
              + net.outputs()
              + " outputs, the schema has "
              + schema);
    }
    final MlpExpert expert = new MlpExpert(schema, new Settings(hidden, batch, learningRate), net);
    expert.scaler.read(in);
    expert.head.read(in);
    expert.pending.read(in);
    in.end();
    for (int r = 0; r < expert.pending.count(); r++) {
      expert.head.check(expert.pending.target(r)[0]);
    }
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A network with one hidden layer, a step of Adam for every batch of events.",
          List.of(
              new Option("hidden", "32", "Units of the hidden layer, 1 to 65536."),
              new Option("batch", "8", "Events per step, 1 to 65536."),
              new Option("learning-rate", "0.01", "Adam's step size, above 0.")),
          (options, schema, seed) ->
              new MlpExpert(
                  schema,
                  new Settings(
                      options.integer("hidden", 1, 1 << 16),
                      options.integer("batch", 1, 1 << 16),
                      options.real("learning-rate", 1e-9, 10)),
                  seed),
          MlpExpert::read);
    }

    @Override
    public boolean isNetwork() {
      return true;
    }

    @Override
    public boolean predicts(final Target target) {
      return true;
    }
  }
}
