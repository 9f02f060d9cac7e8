package dev.braid.moa;

import com.yahoo.labs.samoa.instances.DenseInstance;
import com.yahoo.labs.samoa.instances.InstancesHeader;
import dev.braid.data.Schema;
import dev.braid.experts.Expert;
import dev.braid.experts.Probabilities;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import moa.classifiers.Classifier;
import moa.options.ClassOption;

/**
 * Any MOA classifier behind the expert contract. Its votes are normalised. MOA allocates as it
 * learns; nothing here does when predicting.
 *
 * <p>Layout of the image ({@code EXPT}, version 1): command line, random seed, then MOA's own
 * serialised form. A classifier is saved as it is, so a restored one goes on bit for bit.
 */
public final class MoaExpert implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "moa";

  private final String commandLine;
  private final long seed;
  private final Classifier classifier;
  private InstancesHeader header;
  private int classes;
  private DenseInstance scratch;
  private boolean dirty = true;
  private long learned;
  private long measuredAt;
  private long measuredBytes;

  /**
   * An untrained classifier.
   *
   * @param commandLine in MOA's form, for instance {@code trees.HoeffdingTree -g 50 -c 1e-7}
   * @param seed handed to the classifier where it draws random numbers
   * @throws IllegalArgumentException if MOA does not understand the command line
   */
  public MoaExpert(final Schema schema, final String commandLine, final long seed) {
    this(schema, commandLine, seed, open(commandLine, seed));
  }

  private MoaExpert(
      final Schema schema, final String commandLine, final long seed, final Classifier classifier) {
    this.commandLine = commandLine;
    this.seed = seed;
    this.classifier = classifier;
    grow(schema);
  }

  private static Classifier open(final String commandLine, final long seed) {
    final Classifier opened;
    try {
      opened = (Classifier) ClassOption.cliStringToObject(commandLine, Classifier.class, null);
    } catch (final Exception | NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "MOA cannot open the classifier '" + commandLine + "': " + e.getMessage(), e);
    }
    if (opened.isRandomizable()) {
      opened.setRandomSeed((int) (seed ^ seed >>> 32));
    }
    opened.prepareForUse();
    return opened;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] probabilities) {
    if (!classifier.trainingHasStarted()) {
      Probabilities.uniform(probabilities);
      return;
    }
    fill(scratch, x, Double.NaN);
    final double[] votes = classifier.getVotesForInstance(scratch);
    final int known = Math.min(votes.length, probabilities.length);
    System.arraycopy(votes, 0, probabilities, 0, known);
    Arrays.fill(probabilities, known, probabilities.length, 0);
    Probabilities.normalise(probabilities);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    Objects.checkIndex(label, classes);
    // A new object each time: lazy classifiers keep the instances they are given.
    final DenseInstance instance = instance();
    fill(instance, x, label);
    instance.setWeight(weight);
    classifier.trainOnInstance(instance);
    learned++;
    dirty = true;
  }

  private static void fill(final DenseInstance instance, final double[] x, final double label) {
    for (int i = 0; i < x.length; i++) {
      instance.setValue(i, x[i]);
    }
    instance.setValue(x.length, label);
  }

  private DenseInstance instance() {
    final DenseInstance instance = new DenseInstance(1, new double[header.numAttributes()]);
    instance.setDataset(header);
    return instance;
  }

  @Override
  public void grow(final Schema schema) {
    header = MoaSchema.header(schema);
    classes = schema.classCount();
    scratch = instance();
    classifier.setModelContext(header);
    dirty = true;
  }

  @Override
  public long operations() {
    return 0;
  }

  /**
   * The size of the serialised form: MOA measures objects only with an agent in the virtual
   * machine. Measured again when the classifier has learned a tenth more than the last time.
   */
  @Override
  public long sizeBytes() {
    if (measuredBytes == 0 || learned - measuredAt > Math.max(1000, measuredAt / 10)) {
      measuredBytes = MoaObjectImage.write(classifier).length;
      measuredAt = learned;
    }
    return measuredBytes;
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    final byte[] image = MoaObjectImage.write(classifier);
    measuredBytes = image.length;
    measuredAt = learned;
    out.begin(ImageKind.EXPERT, KIND).putString(commandLine).putLong(seed).putBytes(image);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunks were written
   */
  public static MoaExpert read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    Objects.checkIndex(0, chunkCount);
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final String commandLine = in.getString();
    final long seed = in.getLong();
    final Classifier classifier = MoaObjectImage.read(in.getBytes());
    in.end();
    try {
      final MoaExpert expert = new MoaExpert(schema, commandLine, seed, classifier);
      expert.markClean();
      return expert;
    } catch (final RuntimeException | AssertionError unfit) {
      throw new MalformedImageException("a MOA classifier that cannot be used: " + unfit);
    }
  }
}
