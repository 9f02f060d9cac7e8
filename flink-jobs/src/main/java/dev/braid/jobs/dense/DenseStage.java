package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.data.Schema;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.ChunkStore;
import dev.braid.jobs.config.JobConfig;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One dense layer at work on a stream: gathers rows, has them computed together, and gives each
 * event out with its predictions. Knows nothing of Flink.
 *
 * <p>When a batch ends is no matter of time. The layer learns once {@code dense.batch} labelled
 * rows have come since it learned last, from these rows alone, in the order in which their labels
 * became known; an event is predicted with the weights after the last such step before it. So the
 * weights are a function of the order of the records, and so is every prediction. {@link #flush}
 * asks for the predictions of those that wait and teaches nothing: called at whatever time and
 * however often, it changes when an event goes on, never what is said about it. A run that failed
 * and recovered, or one with another latency bound, says the same to the last bit where the backend
 * computes a row alike whatever other rows it is computed with: plain Java does, and OpenBLAS with
 * {@code dense.exact}. Otherwise a row's predictions may differ in their last bits with the number
 * of rows beside it; the weights do not.
 *
 * <p>Where no flush fell into a batch whose rows all have labels, the pass forward is done once:
 * what is learned from is what was said.
 *
 * <p>While a step is computed, in whatever thread, the next batch is gathered; there is one step at
 * a time, and its predictions go out before those of the next. {@link #flush} leaves none behind.
 *
 * <p>State, in chunks: 0 is a {@link StageImage}, the others are the layer's. Events that wait are
 * not state: the caller flushes before it saves.
 */
final class DenseStage implements Part, AutoCloseable {
  private final JobConfig config;
  private final DenseMoe layer;
  private final DenseInputs inputs;
  private final Schema classes;
  private final PredictedEvents predicted;
  private final DenseMetrics metrics;
  private final LayerWatch watch;
  private final Consumer<Event> out;
  private final Steps steps;

  /** Labelled rows since the last step; and those of the step that is computed. */
  private DenseBatch training;

  private DenseBatch learning;

  /** Events since the last step; and those of the step that is computed. */
  private Owed owed;

  private Owed computed;

  /** The step that is computed, or null; it has both of the above to itself. */
  private CompletableFuture<Long> step;

  /** Whether that step learns. */
  private boolean learns;

  private boolean dirty = true;

  /**
   * Opens a layer as its chunks were saved, or, where there are none, one with random weights.
   *
   * @param store where the stage's chunks lie; it is read, and written when experts leave memory
   * @param steps where the layer computes
   * @throws IllegalStateException if it was saved with another configuration of the layer
   */
  static DenseStage open(
      final JobConfig config,
      final ChunkStore store,
      final DenseOptions options,
      final Steps steps,
      final DenseMetrics metrics,
      final Consumer<Event> out) {
    final DenseMoeSpec spec =
        config.dense().spec(config.learner().schema(), config.learner().model().seed());
    final byte[] saved = store.read(0);
    if (saved == null) {
      return new DenseStage(
          config, DenseMoe.open(spec, options, store.from(1)), steps, metrics, out);
    }
    final ImageReader in = new ImageReader(saved);
    StageImage.begin(in, config);
    final DenseMoe layer = DenseMoe.resume(store.from(1), options);
    try {
      StageImage.requireSame(layer.spec(), spec);
      final DenseStage stage = new DenseStage(config, layer, steps, metrics, out);
      StageImage.restore(in, stage.inputs, stage.training);
      stage.markClean();
      return stage;
    } catch (final RuntimeException refused) {
      layer.close();
      throw refused;
    }
  }

  private DenseStage(
      final JobConfig config,
      final DenseMoe layer,
      final Steps steps,
      final DenseMetrics metrics,
      final Consumer<Event> out) {
    this.config = config;
    this.layer = layer;
    this.steps = steps;
    this.metrics = metrics;
    this.out = out;
    inputs =
        new DenseInputs(
            config.learner().schema().numeric(),
            config.learner().schema().nominal(),
            config.dense().nominalValues());
    classes = new Schema(List.of(), config.learner().schema().classes());
    predicted =
        new PredictedEvents(
            config.dense().predictionFeatures(config.learner().schema()), classes.classCount());
    training = batch();
    learning = batch();
    owed = new Owed(batch());
    computed = new Owed(batch());
    watch = new LayerWatch(layer, metrics);
  }

  /** Index of a class of the layer, or -1. */
  int classIndex(final String label) {
    return label == null ? -1 : classes.classIndex(label);
  }

  /**
   * Takes an event in; it goes out later, with its predictions.
   *
   * @param label index of its class, or -1 where that is not known or not one of the layer's
   * @return the event's row, valid until the next call
   */
  float[] add(final Event event, final int label) {
    final float[] row = inputs.read(event);
    if (label >= 0) {
      owed.addLearned(event, training.add(row, label));
    } else {
      owed.addAsking(event, row);
    }
    afterAdding();
    return row;
  }

  private DenseBatch batch() {
    return new DenseBatch(layer.spec(), config.dense().batch(), predicted.experts());
  }

  /** Takes in the label of a row that {@link #add} gave earlier. */
  void learn(final float[] row, final int label) {
    training.add(row, label);
    afterAdding();
  }

  private void afterAdding() {
    dirty = true;
    if (training.rows() == training.capacity()) {
      begin(true);
    } else if (owed.isFull()) {
      owed.askOnly(training);
      begin(false);
    }
  }

  /** Begins a step with what has been gathered, once the one before it is done. */
  private void begin(final boolean toLearn) {
    complete();
    final Owed gathered = owed;
    owed = computed;
    computed = gathered;
    learns = toLearn;
    if (toLearn) {
      final DenseBatch full = training;
      training = learning;
      learning = full;
    }
    step = steps.begin(this::compute, this::completeIfDone);
    completeIfDone();
  }

  /** The layer's part of a step, in whatever thread; returns its nanoseconds. */
  private long compute() {
    final long start = System.nanoTime();
    final boolean asks = computed.asking().rows() > 0;
    if (asks && learns) {
      layer.submit(computed.asking());
      layer.submit(learning);
      layer.await(computed.asking());
      layer.await(learning);
    } else if (learns) {
      layer.step(learning);
    } else {
      layer.step(computed.asking());
    }
    return System.nanoTime() - start;
  }

  /** Gives out the predictions of the step that is computed, if it is done. */
  void completeIfDone() {
    if (step != null && step.isDone()) {
      complete();
    }
  }

  /** Waits for the step that is computed, and gives out its predictions. */
  private void complete() {
    if (step == null) {
      return;
    }
    metrics.deviceTime(Steps.result(step));
    step = null;
    if (computed.asking().rows() > 0) {
      metrics.computed(computed.asking());
    }
    if (learns) {
      metrics.computed(learning);
      metrics.learned();
    }
    watch.look();
    computed.giveOut(learning, predicted, metrics, out);
    if (learns) {
      learning.clear();
    }
  }

  /** Whether events wait for their predictions. */
  boolean owes() {
    return step != null || !owed.isEmpty();
  }

  /** Gives all events out that wait, and leaves no step behind; teaches nothing. */
  void flush() {
    if (!owed.isEmpty()) {
      owed.askOnly(training);
      begin(false);
    }
    complete();
  }

  @Override
  public int chunkCount() {
    return 1 + layer.chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? dirty : layer.isDirty(chunk - 1);
  }

  @Override
  public void markClean() {
    dirty = false;
    layer.markClean();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter to) {
    if (step != null) {
      throw new IllegalStateException("a step is computed: flush before saving");
    }
    if (chunk > 0) {
      layer.writeChunk(chunk - 1, to);
      return;
    }
    StageImage.write(config, inputs, training, to);
  }

  @Override
  public void close() {
    layer.close();
  }
}
