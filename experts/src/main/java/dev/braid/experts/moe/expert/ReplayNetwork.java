package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.PortableMath;
import dev.braid.experts.moe.net.Adam;
import dev.braid.experts.moe.net.Mlp;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * A small network with one hidden layer, trained on cross-entropy by Adam: every eight events one
 * step on these and 24 earlier ones. It begins with no opinion. Strong where boundaries are smooth.
 */
public final class ReplayNetwork implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "replay-network";

  private static final int HIDDEN = 64;
  private static final int REMEMBERED = 1000;
  private static final int FRESH = 8;
  private static final int BATCH = 32;
  private static final double RATE = 0.005;

  private final long seed;
  private final FeatureEncoder encoder;
  private Mlp net;
  private final ReplayWindow window;
  private int classes;
  private float[] row;
  private boolean dirty = true;

  /**
   * An expert that has seen nothing.
   *
   * @param seed of the weights and of the draws
   */
  public ReplayNetwork(final Schema schema, final long seed) {
    this(schema, seed, new FeatureEncoder(schema));
  }

  private ReplayNetwork(final Schema schema, final long seed, final FeatureEncoder encoder) {
    this(schema, seed, encoder, untrained(encoder.inputs(), seed));
  }

  private ReplayNetwork(
      final Schema schema, final long seed, final FeatureEncoder encoder, final Mlp net) {
    this.encoder = encoder;
    this.net = net;
    this.seed = seed;
    classes = schema.classCount();
    net.grow(encoder.inputs(), classes);
    window = new ReplayWindow(REMEMBERED, FRESH, BATCH, encoder.inputs(), 1, seed);
    row = new float[encoder.inputs()];
  }

  private static Mlp untrained(final int inputs, final long seed) {
    // Outputs come by growing and have weight 0 then: no opinion.
    return new Mlp(new int[] {inputs, HIDDEN, 0}, Adam.withLearningRate(RATE), seed);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] probabilities) {
    encoder.encode(x, row);
    final float[] logits = net.forward(row, 0);
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = logits[c];
    }
    PortableMath.softmax(probabilities);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    Objects.checkIndex(label, classes);
    encoder.learn(x);
    encoder.encode(x, window.nextInput());
    window.nextTarget()[0] = label;
    if (window.add()) {
      final int rows = window.draw();
      net.learnClasses(window.batchInput(), window.batchTarget(), rows);
    }
    dirty = true;
  }

  @Override
  public void grow(final Schema schema) {
    encoder.grow(schema);
    classes = schema.classCount();
    if (net.steps() == 0) {
      // Inputs that are grown start with weight 0, and a network of such inputs alone cannot learn.
      net = untrained(encoder.inputs(), seed);
    }
    net.grow(encoder.inputs(), classes);
    window.grow(encoder.inputs(), 1);
    row = new float[encoder.inputs()];
    dirty = true;
  }

  @Override
  public long operations() {
    return net.operations();
  }

  @Override
  public long sizeBytes() {
    return 96 + encoder.sizeBytes() + net.sizeBytes() + window.sizeBytes() + 4L * row.length;
  }

  @Override
  public boolean isDirty(final int block) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  /** Layout ({@code NEUR}, version 1): seed, encoder, network, window. */
  @Override
  public void writeChunk(final int block, final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND).putLong(seed);
    encoder.write(out);
    net.write(out);
    window.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the block was written
   * @throws MalformedImageException if the block is not that of such an expert
   */
  public static ReplayNetwork read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> blocks) {
    final ImageReader in = blocks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final long seed = in.getLong();
    final FeatureEncoder encoder = FeatureEncoder.read(schema, in);
    final Mlp net = Mlp.read(in, Adam.withLearningRate(RATE));
    if (net.inputs() != encoder.inputs() || net.outputs() != schema.classCount()) {
      throw new MalformedImageException("the network does not fit the schema");
    }
    final ReplayNetwork expert = new ReplayNetwork(schema, seed, encoder, net);
    expert.window.read(in);
    in.end();
    expert.window.checkClasses(0, expert.classes);
    expert.markClean();
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
  }
}
