package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Everything that a layer is made of, in host memory: the weights of the gate, of each expert and
 * of what experts of a kind share, and what the parts of the gate remember. Saved as chunk 0 (spec,
 * gate, memories, idle steps, which experts there are), chunk 1 + e for expert e, and one chunk
 * behind them for each kind that shares parameters, so that a checkpoint writes only the experts
 * that learned. Behind those are the chunks of the layers below this, the lowest first.
 */
public final class MoeState {
  public final DenseMoeSpec spec;

  private Weights gate;

  /** Those the gate chooses from first, then the shared ones. */
  private final Weights[] experts;

  /** Of each group of one kind, what its experts share; empty where they share nothing. */
  private final Weights[] shared;

  /** Of each group, what weights at rest are packed against; null while there is none. */
  private final float[][] bases;

  /** What the assignment, each penalty and each life keep from step to step. */
  private final float[][] memories;

  /** Whether there is an expert in each of the E places. */
  public final boolean[] alive;

  private RecentWindow recent;

  /** How the experts did lately; null unless a part of the layer wants to know. */
  private ExpertFigures figures;

  /** Training steps since each of the E experts last learned, while it is awake. */
  public final int[] idle;

  /** Has the chunks that are not in memory; null where all are. */
  private final ChunkStore store;

  /** The layers below this, the lowest first. */
  private final MoeState[] below;

  private MoeState(
      final DenseMoeSpec spec,
      final Weights gate,
      final Weights[] experts,
      final Weights[] shared,
      final ChunkStore store) {
    below = new MoeState[spec.depth() - 1];
    this.spec = spec;
    this.gate = gate;
    this.experts = experts;
    this.shared = shared;
    this.store = store;
    memories = memories(spec);
    bases = new float[shared.length][];
    idle = new int[spec.experts()];
    alive = new boolean[spec.experts()];
    recent = new RecentWindow(spec.layer().recent(), spec.inputs(), rowClasses(spec));
    figures = spec.layer().watches() && !spec.feeds() ? new ExpertFigures(spec.experts()) : null;
  }

  /** Classes of a row, as those below another layer have none. */
  private static int rowClasses(final DenseMoeSpec spec) {
    return spec.feeds() ? 0 : spec.classes();
  }

  /** A new layer with random weights, all in memory. */
  public static MoeState create(final DenseMoeSpec spec) {
    return create(spec, null, Long.MAX_VALUE);
  }

  /**
   * A new layer with random weights.
   *
   * @param store takes the experts that memory has no room for; null where all are in memory
   * @param most bytes of experts to keep in memory
   */
  public static MoeState create(final DenseMoeSpec spec, final ChunkStore store, final long most) {
    final SplittableRandom random = new SplittableRandom(spec.seed());
    final Weights gate = new Weights(spec.gateLayout(), spec.gateMemoryLayout());
    gate.layout().draw(random, gate.theta);
    final Weights[] experts = new Weights[spec.totalExperts()];
    final Weights[] shared = new Weights[spec.groups()];
    final MoeState state = new MoeState(spec, gate, experts, shared, store);
    final int first = spec.layer().first();
    Arrays.fill(state.alive, 0, first, true);
    final long part = spec.partOf(most, spec);
    long used = 0;
    for (int e = 0; e < experts.length; e++) {
      final SplittableRandom own = random.split();
      if (!state.isAlive(e)) {
        experts[e] = Weights.empty(spec.layout(e), spec.memoryLayout(e));
        continue;
      }
      experts[e] = new Weights(spec.layout(e), spec.memoryLayout(e));
      experts[e].layout().draw(own, experts[e].theta);
      if (store != null && used + experts[e].bytes() > part) {
        state.evict(e);
      }
      used += experts[e].bytes();
    }
    for (int g = 0; g < shared.length; g++) {
      shared[g] = new Weights(spec.sharedLayout(g), Layout.NOTHING);
      shared[g].layout().draw(random.split(), shared[g].theta);
    }
    for (int l = 0; l < state.below.length; l++) {
      final DenseMoeSpec lower = spec.below(l);
      state.below[l] = create(lower, state.storeBelow(l), spec.partOf(most, lower));
    }
    return state;
  }

  /** Layers one behind another, the lowest first, this the last. */
  public MoeState[] layers() {
    final MoeState[] layers = Arrays.copyOf(below, below.length + 1);
    layers[below.length] = this;
    return layers;
  }

  /** The chunk of this with which those of a layer below it begin. */
  private int chunkBelow(final int l) {
    int first = spec.ownChunkCount();
    for (int i = 0; i < l; i++) {
      first += below[i].chunkCount();
    }
    return first;
  }

  private ChunkStore storeBelow(final int l) {
    return store == null ? null : store.from(chunkBelow(l));
  }

  /** Which of the layers below a chunk belongs to; -1 if it is this one's own. */
  private int layerOf(final int chunk) {
    int l = chunk < spec.ownChunkCount() ? -1 : below.length - 1;
    while (l > 0 && chunk < chunkBelow(l)) {
      l--;
    }
    return l;
  }

  private static float[][] memories(final DenseMoeSpec spec) {
    final float[][] memories =
        new float[1 + spec.gate().penalties().size() + spec.layer().lives().size()][];
    Arrays.setAll(memories, i -> new float[memoryLayout(spec, i).size()]);
    return memories;
  }

  private static Layout memoryLayout(final DenseMoeSpec spec, final int i) {
    final GateSpec gate = spec.gate();
    final int lives = 1 + gate.penalties().size();
    final List<Tensor> tensors;
    if (i >= lives) {
      tensors = spec.layer().lives().get(i - lives).memory();
    } else {
      tensors = i == 0 ? gate.assign().memory() : gate.penalties().get(i - 1).memory();
    }
    return Layout.of(tensors, spec.inputs(), spec.experts());
  }

  /** How many parts may remember something: the assignment, then penalties, then lives. */
  int gateMemories() {
    return memories.length;
  }

  /** What one of them remembers. */
  float[] gateMemory(final int i) {
    return memories[i];
  }

  /** Where that lies. */
  Layout gateMemoryLayout(final int i) {
    return memoryLayout(spec, i);
  }

  /** What the assignment keeps. */
  public float[] assignMemory() {
    return memories[0];
  }

  /** What a penalty keeps. */
  public float[] penaltyMemory(final int penalty) {
    return memories[1 + penalty];
  }

  /** What a life keeps. */
  public float[] lifeMemory(final int life) {
    return memories[1 + spec.gate().penalties().size() + life];
  }

  /** Whether there is an expert in a place; that of one beside those chosen from is never empty. */
  public boolean isAlive(final int e) {
    return e >= alive.length || alive[e];
  }

  /** What the experts of a group share; empty where that is nothing. */
  public Weights shared(final int group) {
    return shared[group];
  }

  /** The newest rows that the layer has learned from, as many as its parts ask for. */
  public RecentWindow recent() {
    return recent;
  }

  /** Takes in a step's labelled rows, for those parts that want to know. */
  public void took(final Step step) {
    if (figures != null) {
      figures.took(step);
    }
  }

  /** Whether the layer's error rate rose in the last step; false where nobody wants to know. */
  public boolean alarm() {
    return figures != null && figures.alarm();
  }

  ExpertFigures figures() {
    return figures;
  }

  public boolean hasStore() {
    return store != null;
  }

  /** An expert is evicted from memory; the store has it. */
  public void evict(final int e) {
    final Weights weights = experts[e];
    if (weights.dirty) {
      final ImageWriter out = new ImageWriter(Math.toIntExact(weights.bytes()) + 64);
      writeChunk(1 + e, out);
      store.write(1 + e, out.toByteArray());
      weights.dirty = false;
    }
    weights.evict();
  }

  /** An expert in memory goes to rest. */
  void rest(final int e) {
    final Codec codec = spec.rest().codec();
    final int group = spec.group(e);
    if (codec.usesBase() && bases[group] == null) {
      bases[group] = mean(group);
      gate.dirty = true;
    }
    experts[e].rest(codec, bases[group]);
  }

  /** Of the weights of a group's experts, none of which rests yet. */
  private float[] mean(final int group) {
    float[] mean = null;
    int count = 0;
    for (int e = 0; e < spec.experts(); e++) {
      if (spec.group(e) == group && isAlive(e)) {
        final float[] theta = borrow(e).theta;
        mean = mean == null ? new float[theta.length] : mean;
        for (int i = 0; i < theta.length; i++) {
          mean[i] += theta[i];
        }
        count++;
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= count;
    }
    return mean;
  }

  private boolean keepsBases() {
    return spec.rest().enabled() && spec.rest().codec().usesBase();
  }

  /** An expert comes back to memory. */
  public void bringBack(final int e) {
    experts[e].come(stored(e));
  }

  /** All experts are in memory after it. */
  public void bringBackAll() {
    for (int e = 0; e < experts.length; e++) {
      if (!experts[e].isInMemory()) {
        bringBack(e);
      }
    }
    for (final MoeState lower : below) {
      lower.bringBackAll();
    }
  }

  /** An expert, read for once where it is not in memory. */
  public Weights borrow(final int e) {
    return experts[e].isInMemory() ? experts[e] : stored(e);
  }

  private Weights stored(final int e) {
    return readExpert(e, stored(store, 1 + e, "expert " + e));
  }

  private static ImageReader stored(final ChunkStore store, final int chunk, final String what) {
    final byte[] image = store.read(chunk);
    if (image == null) {
      throw new MalformedImageException("a dense layer's " + what + " is missing in its state");
    }
    return new ImageReader(image);
  }

  /** Whether an expert is at rest, in memory or not. */
  public boolean resting(final int e) {
    final Weights weights = experts[e];
    return weights.isInMemory()
        ? weights.resting()
        : spec.rest().enabled() && e < idle.length && idle[e] >= spec.rest().afterSteps();
  }

  /** Bytes that an expert's numbers take when they are in memory, and, at rest, not unpacked. */
  public long bytesOf(final int e) {
    if (!isAlive(e)) {
      return 0;
    }
    final Layout layout = experts[e].layout();
    final long memory = (long) Float.BYTES * experts[e].memoryLayout().size();
    return memory
        + (resting(e) ? spec.rest().codec().bytes(layout) : 3L * Float.BYTES * layout.size());
  }

  /**
   * The same with more inputs or classes: what is new has weight 0, so that nothing the layer knows
   * changes. Every chunk counts as changed, and all of them are in memory.
   */
  public MoeState grown(final int inputs, final int classes) {
    bringBackAll();
    final DenseMoeSpec larger = spec.with(inputs, classes);
    final Weights[] grown = new Weights[experts.length];
    Arrays.setAll(grown, e -> experts[e].grown(larger.layout(e), larger.memoryLayout(e)));
    final Weights[] together = new Weights[shared.length];
    Arrays.setAll(together, g -> shared[g].grown(larger.sharedLayout(g), Layout.NOTHING));
    final Weights wider = gate.grown(larger.gateLayout(), larger.gateMemoryLayout());
    final MoeState state = new MoeState(larger, wider, grown, together, store);
    for (int i = 0; i < memories.length; i++) {
      memoryLayout(spec, i).copy(memories[i], memoryLayout(larger, i), state.memories[i]);
    }
    System.arraycopy(alive, 0, state.alive, 0, alive.length);
    state.figures = figures;
    state.recent = recent.grown(inputs, rowClasses(larger));
    Arrays.setAll(state.below, l -> below[l].grown(inputs, inputs));
    return state;
  }

  /** Heap bytes of all weights and moments of this layer, without those below it. */
  public long bytes() {
    long bytes = gate.bytes() + recent.bytes() + (figures == null ? 0 : figures.bytes());
    for (final float[] base : bases) {
      bytes += base == null ? 0 : (long) Float.BYTES * base.length;
    }
    for (final Weights expert : experts) {
      bytes += expert.bytes();
    }
    for (final Weights together : shared) {
      bytes += together.bytes();
    }
    return bytes;
  }

  public int chunkCount() {
    return spec.chunkCount();
  }

  public Weights gate() {
    return gate;
  }

  public Weights expert(final int e) {
    return experts[e];
  }

  /** Puts other weights in the place of those of a chunk. */
  public void replace(final int index, final Weights weights) {
    if (index == 0) {
      gate = weights;
    } else {
      experts[index - 1] = weights;
    }
  }

  public Weights weights(final int index) {
    final int l = layerOf(index);
    if (l >= 0) {
      return below[l].weights(index - chunkBelow(l));
    }
    if (index <= experts.length) {
      return index == 0 ? gate : experts[index - 1];
    }
    return shared[spec.sharingGroup(index - 1 - experts.length)];
  }

  public void markClean() {
    for (int i = 0; i < chunkCount(); i++) {
      weights(i).dirty = false;
    }
  }

  /** Saved form of a chunk; that of an expert may be where its numbers are. */
  public void writeChunk(final int index, final ImageWriter out) {
    final int l = layerOf(index);
    if (l >= 0) {
      below[l].writeChunk(index - chunkBelow(l), out);
    } else if (index == 0) {
      out.begin(ImageKind.DENSE_LAYER)
          .putInt(spec.inputs())
          .putInt(spec.classes())
          .putString(spec.layer().text())
          .putLong(spec.seed());
      gate.write(out);
      for (final float[] memory : memories) {
        out.putFloats(memory, memory.length);
      }
      out.putInts(idle, idle.length);
      for (final boolean there : alive) {
        out.putBoolean(there);
      }
      recent.write(out);
      if (figures != null) {
        figures.write(out);
      }
      for (final float[] base : keepsBases() ? bases : new float[0][]) {
        out.putFloats(base, base == null ? 0 : base.length);
      }
    } else if (index > experts.length) {
      final int group = spec.sharingGroup(index - 1 - experts.length);
      out.begin(ImageKind.DENSE_SHARED).putInt(group);
      shared[group].write(out);
    } else {
      final int e = index - 1;
      out.begin(ImageKind.DENSE_EXPERT).putInt(e);
      borrow(e).write(out);
    }
  }

  /**
   * Reads a layer back.
   *
   * @param chunks all of them, in order
   */
  public static MoeState read(final List<ImageReader> chunks) {
    return read(chunks, null);
  }

  /**
   * @param expected what the layer must be; null where any will do
   */
  private static MoeState read(final List<ImageReader> chunks, final DenseMoeSpec expected) {
    final MoeState state = readGate(chunks.get(0), null, expected);
    if (chunks.size() != state.chunkCount()) {
      throw new MalformedImageException(
          "a layer of "
              + state.experts.length
              + " experts has "
              + state.chunkCount()
              + " chunks, not "
              + chunks.size());
    }
    for (int e = 0; e < state.experts.length; e++) {
      state.experts[e] = state.readExpert(e, chunks.get(1 + e));
      if (state.experts[e].isEmpty() == state.isAlive(e)) {
        throw new MalformedImageException("expert " + e + " is there, or is not");
      }
    }
    state.readShared(chunks::get);
    for (int l = 0; l < state.below.length; l++) {
      final DenseMoeSpec lower = state.spec.below(l);
      final int first = state.chunkBelow(l);
      state.below[l] = read(chunks.subList(first, first + lower.chunkCount()), lower);
    }
    return state;
  }

  /**
   * Reads a layer back whose experts are in the store still.
   *
   * @param store has all of its chunks
   */
  public static MoeState read(final ChunkStore store) {
    return read(store, null);
  }

  private static MoeState read(final ChunkStore store, final DenseMoeSpec expected) {
    final MoeState state = readGate(stored(store, 0, "gate"), store, expected);
    state.readShared(chunk -> stored(store, chunk, "shared parameters"));
    for (int l = 0; l < state.below.length; l++) {
      state.below[l] = read(state.storeBelow(l), state.spec.below(l));
    }
    return state;
  }

  private void readShared(final IntFunction<ImageReader> chunks) {
    for (int i = 0; i < spec.sharingGroups(); i++) {
      final int group = spec.sharingGroup(i);
      final ImageReader in = chunks.apply(1 + experts.length + i);
      in.begin(ImageKind.DENSE_SHARED);
      in.getIntIn(group, group, "kind of expert");
      shared[group] = Weights.read(in, spec.sharedLayout(group), Layout.NOTHING, null, null);
      in.end();
    }
  }

  private void readBases(final ImageReader in) {
    for (int g = 0; keepsBases() && g < bases.length; g++) {
      final float[] base = in.getFloats();
      if (base.length > 0 && base.length != spec.groupLayout(g).size()) {
        throw new MalformedImageException("weights of " + base.length + " parameters as a base");
      }
      bases[g] = base.length == 0 ? null : base;
    }
  }

  private static MoeState readGate(
      final ImageReader first, final ChunkStore store, final DenseMoeSpec expected) {
    first.begin(ImageKind.DENSE_LAYER);
    final DenseMoeSpec spec = readSpec(first, expected);
    final Weights gate =
        Weights.read(first, spec.gateLayout(), spec.gateMemoryLayout(), null, null);
    final Weights[] experts = new Weights[spec.totalExperts()];
    final Weights[] shared = new Weights[spec.groups()];
    Arrays.setAll(shared, g -> new Weights(spec.sharedLayout(g), Layout.NOTHING));
    final MoeState state = new MoeState(spec, gate, experts, shared, store);
    for (final float[] memory : state.memories) {
      final float[] saved = first.getFloats();
      if (saved.length != memory.length) {
        throw new MalformedImageException("a gate that remembers " + saved.length + " numbers");
      }
      System.arraycopy(saved, 0, memory, 0, memory.length);
    }
    final int[] idle = first.getInts();
    if (idle.length != state.idle.length) {
      throw new MalformedImageException("idle steps of " + idle.length + " experts");
    }
    System.arraycopy(idle, 0, state.idle, 0, idle.length);
    for (int e = 0; e < state.alive.length; e++) {
      state.alive[e] = first.getBoolean();
    }
    state.recent.read(first);
    if (state.figures != null) {
      state.figures = ExpertFigures.read(first, spec.experts());
    }
    state.readBases(first);
    first.end();
    Arrays.setAll(
        experts,
        e ->
            state.isAlive(e)
                ? Weights.evicted(spec.layout(e), spec.memoryLayout(e))
                : Weights.empty(spec.layout(e), spec.memoryLayout(e)));
    return state;
  }

  private Weights readExpert(final int e, final ImageReader in) {
    in.begin(ImageKind.DENSE_EXPERT);
    in.getIntIn(e, e, "index of the expert");
    final Codec codec = spec.rest().codec();
    final Weights weights =
        Weights.read(in, spec.layout(e), spec.memoryLayout(e), codec, bases[spec.group(e)]);
    in.end();
    return weights;
  }

  private static DenseMoeSpec readSpec(final ImageReader in, final DenseMoeSpec expected) {
    final int inputs = in.getInt();
    final int classes = in.getInt();
    final String layer = in.getString();
    final long seed = in.getLong();
    try {
      final DenseMoeSpec spec =
          new DenseMoeSpec(inputs, classes, LayerSpec.parse(layer), seed, expected != null);
      if (expected != null && !spec.equals(expected)) {
        throw new MalformedImageException("a layer below others is " + spec + ", not " + expected);
      }
      return spec;
    } catch (final IllegalArgumentException impossible) {
      throw new MalformedImageException("dense layer: " + impossible.getMessage());
    }
  }
}
