package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Everything that a layer is made of, in host memory: one block for the gate and one per expert,
 * and what the parts of the gate remember. Saved as block 0 (spec, gate, memories, idle steps) and
 * block 1 + e for expert e, so that a checkpoint writes only the experts that learned.
 */
public final class MoeState {
  public final DenseMoeSpec spec;

  private Block gate;

  /** Those the gate chooses from first, then the shared ones. */
  private final Block[] experts;

  /** What the score, the assignment and each penalty keep from step to step. */
  private final float[][] memories;

  /** Training steps since each of the E experts last learned, while it is awake. */
  public final int[] idle;

  /** Has the blocks that are not in memory; null where all are. */
  private final BlockStore store;

  private MoeState(
      final DenseMoeSpec spec,
      final Block gate,
      final Block[] experts,
      final float[][] memories,
      final int[] idle,
      final BlockStore store) {
    this.spec = spec;
    this.gate = gate;
    this.experts = experts;
    this.memories = memories;
    this.idle = idle;
    this.store = store;
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
  public static MoeState create(final DenseMoeSpec spec, final BlockStore store, final long most) {
    final SplittableRandom random = new SplittableRandom(spec.seed());
    final Block gate = new Block(spec.gateLayout());
    gate.layout().draw(random, gate.theta);
    final Block[] experts = new Block[spec.totalExperts()];
    final MoeState state =
        new MoeState(spec, gate, experts, memories(spec), new int[spec.experts()], store);
    long used = 0;
    for (int e = 0; e < experts.length; e++) {
      experts[e] = new Block(spec.layout(e));
      experts[e].layout().draw(random.split(), experts[e].theta);
      if (store != null && used + experts[e].bytes() > most) {
        state.evict(e);
      }
      used += experts[e].bytes();
    }
    return state;
  }

  private static float[][] memories(final DenseMoeSpec spec) {
    final int count = spec.experts();
    final GateSpec gate = spec.gate();
    final List<float[]> memories = new ArrayList<>();
    memories.add(new float[gate.score().memory(spec.inputs(), count)]);
    memories.add(new float[gate.assign().memory(count)]);
    for (final Penalty penalty : gate.penalties()) {
      memories.add(new float[penalty.memory(count)]);
    }
    return memories.toArray(float[][]::new);
  }

  /** What the score keeps. */
  public float[] scoreMemory() {
    return memories[0];
  }

  /** What the assignment keeps. */
  public float[] assignMemory() {
    return memories[1];
  }

  /** What a penalty keeps. */
  public float[] penaltyMemory(final int penalty) {
    return memories[2 + penalty];
  }

  public boolean hasStore() {
    return store != null;
  }

  /** An expert is evicted from memory; the store has it. */
  public void evict(final int e) {
    final Block block = experts[e];
    if (block.dirty) {
      final ImageWriter out = new ImageWriter(Math.toIntExact(block.bytes()) + 64);
      writeChunk(1 + e, out);
      store.write(1 + e, out.toByteArray());
      block.dirty = false;
    }
    block.evict();
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
  }

  /** An expert, read for once where it is not in memory. */
  public Block borrow(final int e) {
    return experts[e].isInMemory() ? experts[e] : stored(e);
  }

  private Block stored(final int e) {
    final byte[] image = store.read(1 + e);
    if (image == null) {
      throw new MalformedImageException("a dense layer's expert " + e + " is missing in its state");
    }
    return readExpert(spec, e, new ImageReader(image));
  }

  /** Whether an expert is at rest, in memory or not. */
  public boolean resting(final int e) {
    final Block block = experts[e];
    return block.isInMemory()
        ? block.resting()
        : spec.rest().enabled() && e < idle.length && idle[e] >= spec.rest().afterSteps();
  }

  /** Bytes that an expert's numbers take when they are in memory, and, at rest, not unpacked. */
  public long bytesOf(final int e) {
    final Layout layout = experts[e].layout();
    return resting(e) ? spec.rest().codec().bytes(layout) : 3L * Float.BYTES * layout.size();
  }

  /**
   * The same with more inputs or classes: what is new has weight 0, so that nothing the layer knows
   * changes. Every block counts as changed, and all of them are in memory.
   */
  public MoeState grown(final int inputs, final int classes) {
    bringBackAll();
    final DenseMoeSpec larger = spec.with(inputs, classes);
    final Block[] grown = new Block[experts.length];
    for (int e = 0; e < experts.length; e++) {
      grown[e] = experts[e].grown(larger.layout(e));
    }
    final float[][] kept = memories(larger);
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(memories[i], 0, kept[i], 0, memories[i].length);
    }
    return new MoeState(
        larger, gate.grown(larger.gateLayout()), grown, kept, new int[idle.length], store);
  }

  /** Heap bytes of all weights and moments. */
  public long bytes() {
    long bytes = gate.bytes();
    for (final Block expert : experts) {
      bytes += expert.bytes();
    }
    return bytes;
  }

  public int chunkCount() {
    return 1 + experts.length;
  }

  public Block gate() {
    return gate;
  }

  public Block expert(final int e) {
    return experts[e];
  }

  /** Puts another block in the place of one. */
  public void replace(final int index, final Block block) {
    if (index == 0) {
      gate = block;
    } else {
      experts[index - 1] = block;
    }
  }

  public Block block(final int index) {
    return index == 0 ? gate : experts[index - 1];
  }

  public void markClean() {
    for (int i = 0; i < chunkCount(); i++) {
      block(i).dirty = false;
    }
  }

  /** Saved form of a block; that of an expert may be where its numbers are. */
  public void writeChunk(final int index, final ImageWriter out) {
    if (index == 0) {
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
    } else {
      final int e = index - 1;
      out.begin(ImageKind.DENSE_EXPERT).putInt(e);
      borrow(e).write(out);
    }
  }

  /**
   * Reads a layer back.
   *
   * @param blocks all of them, in order
   */
  public static MoeState read(final List<ImageReader> blocks) {
    final MoeState state = readGate(blocks.get(0), null);
    if (blocks.size() != state.chunkCount()) {
      throw new MalformedImageException(
          "a layer of "
              + state.experts.length
              + " experts has one block more than that, not "
              + blocks.size());
    }
    for (int e = 0; e < state.experts.length; e++) {
      state.experts[e] = readExpert(state.spec, e, blocks.get(1 + e));
    }
    return state;
  }

  /**
   * Reads a layer's gate back; its experts are in the store still.
   *
   * @param first block 0
   */
  public static MoeState readGate(final ImageReader first, final BlockStore store) {
    first.begin(ImageKind.DENSE_LAYER);
    final DenseMoeSpec spec = readSpec(first);
    final Block gate = Block.read(first, spec.gateLayout(), null);
    final float[][] memories = memories(spec);
    for (int i = 0; i < memories.length; i++) {
      final float[] saved = first.getFloats();
      if (saved.length != memories[i].length) {
        throw new MalformedImageException("a gate that remembers " + saved.length + " numbers");
      }
      memories[i] = saved;
    }
    final int[] idle = first.getInts();
    if (idle.length != spec.experts()) {
      throw new MalformedImageException("idle steps of " + idle.length + " experts");
    }
    first.end();
    final Block[] experts = new Block[spec.totalExperts()];
    Arrays.setAll(experts, e -> Block.evicted(spec.layout(e)));
    return new MoeState(spec, gate, experts, memories, idle, store);
  }

  private static Block readExpert(final DenseMoeSpec spec, final int e, final ImageReader in) {
    in.begin(ImageKind.DENSE_EXPERT);
    in.getIntIn(e, e, "index of the expert");
    final Codec codec = spec.rest().codec();
    final Block block = Block.read(in, spec.layout(e), codec);
    in.end();
    return block;
  }

  private static DenseMoeSpec readSpec(final ImageReader in) {
    final int inputs = in.getInt();
    final int classes = in.getInt();
    final String layer = in.getString();
    final long seed = in.getLong();
    try {
      return new DenseMoeSpec(inputs, classes, LayerSpec.parse(layer), seed);
    } catch (final IllegalArgumentException impossible) {
      throw new MalformedImageException("dense layer: " + impossible.getMessage());
    }
  }
}
