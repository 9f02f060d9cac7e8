package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A small network with one hidden layer, trained by Adam, on cross-entropy or on the squared error
 * of a number: every eight events one step on these and 24 earlier ones. Its first outputs are 0.
 * Strong where boundaries are smooth.
 */
public final class ReplayNetwork extends ReplayExpert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "replay-network";

  private static final int HIDDEN = 64;
  private static final double RATE = 0.005;

  private final long seed;
  private FeedForwardNet net;

  /**
   * An expert that has seen nothing.
   *
   * @param seed of the weights and of the draws
   */
  public ReplayNetwork(final Schema schema, final long seed) {
    this(schema, seed, new FeatureEncoder(schema), null);
  }

  private ReplayNetwork(
      final Schema schema,
      final long seed,
      final FeatureEncoder encoder,
      final FeedForwardNet saved) {
    super(schema, encoder, seed);
    this.seed = seed;
    net = saved == null ? untrained(encoder.inputs(), head.outputs()) : saved;
  }

  private FeedForwardNet untrained(final int inputs, final int outputs) {
    // Outputs come by growing and have weight 0 then.
    final FeedForwardNet made =
        new FeedForwardNet(new int[] {inputs, HIDDEN, 0}, Adam.withLearningRate(RATE), seed);
    made.grow(inputs, outputs);
    return made;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  void answer(final float[] x, final double[] prediction) {
    head.answer(net.forward(x, 0), prediction);
  }

  @Override
  void step(final float[][] x, final float[][] target, final int rows) {
    head.learn(net, x, target, rows);
  }

  @Override
  void resize(final int inputs, final int outputs) {
    if (net.steps() == 0 || net.inputs() == 0) {
      // Inputs that are grown start with weight 0, and a network of such inputs alone cannot learn.
      net = untrained(inputs, outputs);
    } else {
      net.grow(inputs, outputs);
    }
  }

  @Override
  public long operations() {
    return net.operations();
  }

  @Override
  public long sizeBytes() {
    return 96 + net.sizeBytes() + replayBytes();
  }

  /** Layout: seed, encoder, network, head, window. */
  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putLong(seed);
    writeEncoder(out);
    net.write(out);
    writeWindow(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunk was written
   * @throws MalformedImageException if the chunk is not that of such an expert
   */
  public static ReplayNetwork read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final long seed = in.getLong();
    final FeatureEncoder encoder = FeatureEncoder.read(schema, in);
    final FeedForwardNet net = FeedForwardNet.read(in, Adam.withLearningRate(RATE));
    if (net.inputs() != encoder.inputs() || net.outputs() != schema.target().width()) {
      throw new MalformedImageException("the network does not fit the schema");
    }
    final ReplayNetwork expert = new ReplayNetwork(schema, seed, encoder, net);
    expert.readWindow(in);
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A network with one hidden layer that learns each event again from a window of earlier ones.",
          List.of(),
          (options, schema, seed) -> new ReplayNetwork(schema, seed),
          ReplayNetwork::read);
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
