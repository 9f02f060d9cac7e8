package dev.braid.experts.moe.expert;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.spec.Term;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A dense mixture-of-experts layer as one expert of a model: every eight events one step on these
 * and 24 earlier ones. Computed in plain Java, so that it says the same on every machine. Numbers
 * are classes to it, as {@link TargetPlaces} has them.
 *
 * <p>Chunks: 0 is encoder and window, the others those of the layer: its gate, then one for each of
 * its experts.
 */
public final class DenseMoeExpert extends ReplayExpert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "dense-moe";

  private static final DenseOptions OPTIONS =
      new DenseOptions(DenseOptions.BackendChoice.JAVA, BATCH);

  private final LayerSpec parts;
  private final long seed;

  /** Seed of what the head draws. */
  private final long draws;

  private DenseMoe layer;
  private float[] padded;
  private DenseBatch one;
  private DenseBatch batch;
  private boolean trained;

  /**
   * A network that has seen nothing.
   *
   * @param seed of the weights and of the draws
   */
  public DenseMoeExpert(final Schema schema, final LayerSpec parts, final long seed) {
    this(schema, parts, seed, new FeatureEncoder(schema), null);
  }

  private DenseMoeExpert(
      final Schema schema,
      final LayerSpec parts,
      final long seed,
      final FeatureEncoder encoder,
      final DenseMoe saved) {
    super(schema, encoder, seed);
    this.parts = parts;
    this.seed = seed;
    draws = CounterRandom.bits(seed, -1);
    layer = saved == null ? untrained(encoder.inputs()) : saved;
    allocate();
  }

  private DenseMoe untrained(final int inputs) {
    return DenseMoe.open(
        new DenseMoeSpec(Math.max(1, inputs), head.classes(), parts, seed), OPTIONS);
  }

  private void allocate() {
    padded = new float[layer.spec().inputs()];
    one = new DenseBatch(layer.spec(), 1, false);
    batch = new DenseBatch(layer.spec(), BATCH, false);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  void answer(final float[] x, final double[] prediction) {
    one.clear();
    one.add(x, -1);
    layer.step(one);
    if (trained) {
      head.answerOfLayer(one.probabilities(), prediction);
    } else {
      head.answerUntrained(prediction);
    }
  }

  /** How the layer's experts rest. */
  public RestFigures rest() {
    return layer.rest();
  }

  /** Whether an expert of the layer is at rest. */
  public boolean isResting(final int expert) {
    return layer.isResting(expert);
  }

  /** Inputs of the gate and the experts that it weighs or chooses from. */
  public int[] gateShape() {
    return new int[] {layer.spec().inputs(), layer.spec().experts()};
  }

  /** Experts of the layer, the shared ones last. */
  public int expertCount() {
    return layer.spec().totalExperts();
  }

  /** The word of what an expert of the layer is, such as {@code mlp}. */
  public String expertKind(final int expert) {
    return Term.parse(layer.spec().kind(expert).text()).name();
  }

  /**
   * How the gate weighed the experts for the event that was predicted last.
   *
   * @param weights receives one weight per expert, sums to 1
   */
  public void weights(final double[] weights) {
    final int chosenFrom = layer.spec().experts();
    double sum = 0;
    for (int e = 0; e < weights.length; e++) {
      weights[e] = e < chosenFrom ? one.weights()[e] : 1;
      sum += weights[e];
    }
    for (int e = 0; e < weights.length; e++) {
      weights[e] /= sum;
    }
  }

  @Override
  void step(final float[][] x, final float[][] target, final int rows) {
    batch.clear();
    for (int r = 0; r < rows; r++) {
      System.arraycopy(x[r], 0, padded, 0, x[r].length);
      final double draw = CounterRandom.unit(draws, taken() * BATCH + r);
      batch.add(padded, head.classOf(target[r][0], draw));
    }
    layer.step(batch);
    trained = true;
  }

  @Override
  void resize(final int inputs, final int outputs) {
    final int wide = Math.max(1, inputs);
    final int classes = head.classes();
    if (!trained) {
      // Inputs that are grown start with weight 0, which random ones need not.
      layer.close();
      layer = untrained(inputs);
    } else if (wide > layer.spec().inputs() || classes > layer.spec().classes()) {
      layer = layer.grow(wide, classes);
    }
    allocate();
  }

  @Override
  public long operations() {
    return layer.spec().activeParameters() * (1 + 4 * 3);
  }

  @Override
  public long sizeBytes() {
    final long batches = (BATCH + 1L) * 4 * (padded.length + 2L + layer.spec().classes());
    return 256 + layer.sizeBytes() + batches + replayBytes();
  }

  @Override
  public int chunkCount() {
    return 1 + layer.chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? super.isDirty(0) : layer.isDirty(chunk - 1);
  }

  @Override
  public void markClean() {
    super.markClean();
    layer.markClean();
  }

  /** Called when one chunk has been saved. */
  public void markClean(final int chunk) {
    if (chunk == 0) {
      super.markClean();
    } else {
      layer.markClean(chunk - 1);
    }
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk > 0) {
      layer.writeChunk(chunk - 1, out);
      return;
    }
    out.begin(ImageKind.EXPERT, KIND).putString(parts.text()).putLong(seed).putBoolean(trained);
    writeEncoder(out);
    writeWindow(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunks were written
   * @throws MalformedImageException if the chunks are not those of such an expert
   */
  public static DenseMoeExpert read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final List<ImageReader> rest = new ArrayList<>();
    for (int b = 1; b < chunkCount; b++) {
      rest.add(chunks.apply(b));
    }
    if (rest.isEmpty()) {
      throw new MalformedImageException("a dense layer as an expert has more than one chunk");
    }
    final DenseMoe layer = DenseMoe.read(rest, OPTIONS);
    final DenseMoeSpec spec = layer.spec();
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final LayerSpec parts = parts(in.getString());
    final long seed = in.getLong();
    final boolean trained = in.getBoolean();
    final FeatureEncoder encoder = FeatureEncoder.read(schema, in);
    if (spec.inputs() != Math.max(1, encoder.inputs())
        || spec.classes() != Head.of(schema).classes()) {
      throw new MalformedImageException("the dense layer does not fit the schema");
    }
    final DenseMoeExpert network = new DenseMoeExpert(schema, parts, seed, encoder, layer);
    network.trained = trained;
    network.readWindow(in);
    return network;
  }

  private static LayerSpec parts(final String text) {
    try {
      return LayerSpec.parse(text);
    } catch (final IllegalArgumentException impossible) {
      throw new MalformedImageException("dense layer: " + impossible.getMessage());
    }
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A dense mixture-of-experts layer as one expert.",
          LayerSpec.OPTIONS,
          (options, schema, seed) -> new DenseMoeExpert(schema, LayerSpec.of(options), seed),
          DenseMoeExpert::read);
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
