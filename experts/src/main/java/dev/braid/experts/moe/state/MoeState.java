package dev.braid.experts.moe.state;

import dev.braid.experts.moe.DenseMoeSpec;
import dev.braid.experts.moe.ExpertLayout;
import dev.braid.experts.moe.GateSpec;
import dev.braid.experts.moe.Rest;
import dev.braid.experts.moe.rest.Quantised;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Everything that a layer is made of, in host memory: one block for the gate and one per expert,
 * and the window of the balance loss. Saved as block 0 (shape, gate, window, idle steps) and block
 * 1 + e for expert e, so that a checkpoint writes only the experts that learned.
 */
public final class MoeState {
  private static final String KIND = "DMOE";
  private static final String EXPERT_KIND = "DMEX";

  /** Version 1 knew no rest. */
  private static final int VERSION = 2;

  public final DenseMoeSpec spec;

  /** Wg [E][d], then bg [E]. */
  private Block gate;

  /** As {@link ExpertLayout} says; those the gate chooses from first, then the shared ones. */
  private final Block[] experts;

  /** Choices of each of the E experts, those further back counting less. */
  public final float[] window;

  /** Training steps since each of the E experts last learned, while it is awake. */
  public final int[] idle;

  /** Has the blocks that are not in memory; null where all are. */
  private final BlockStore store;

  private MoeState(
      final DenseMoeSpec spec,
      final Block gate,
      final Block[] experts,
      final float[] window,
      final int[] idle,
      final BlockStore store) {
    this.spec = spec;
    this.gate = gate;
    this.experts = experts;
    this.window = window;
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
    final Block gate = new Block(gateSize(spec));
    // A tenth of the usual scale: the gate begins undecided (Switch Transformers, section 2.4).
    final double scale = 0.1 * Math.sqrt(6.0 / (spec.inputs() + spec.experts()));
    uniform(random, gate.theta, 0, spec.experts() * spec.inputs(), scale);
    final ExpertLayout at = ExpertLayout.of(spec);
    final double scale1 = Math.sqrt(6.0 / spec.inputs());
    final double scale2 = Math.sqrt(6.0 / (spec.hidden() + spec.classes()));
    final Block[] experts = new Block[spec.totalExperts()];
    final int choices = spec.experts();
    final MoeState state =
        new MoeState(spec, gate, experts, new float[choices], new int[choices], store);
    long used = 0;
    for (int e = 0; e < experts.length; e++) {
      final SplittableRandom own = random.split();
      experts[e] = new Block(at.size());
      uniform(own, experts[e].theta, 0, at.b1(), scale1);
      uniform(own, experts[e].theta, at.w2(), at.b2(), scale2);
      if (store != null && used + experts[e].bytes() > most) {
        state.leave(e);
      }
      used += experts[e].bytes();
    }
    return state;
  }

  public boolean hasStore() {
    return store != null;
  }

  /** An expert leaves memory; the store has it. */
  public void leave(final int e) {
    final Block block = experts[e];
    if (block.dirty) {
      final ImageWriter out = new ImageWriter(Math.toIntExact(block.bytes()) + 64);
      writeChunk(1 + e, out);
      store.write(1 + e, out.toByteArray());
      block.dirty = false;
    }
    block.leave();
  }

  /** An expert comes back to memory. */
  public void come(final int e) {
    experts[e].come(stored(e));
  }

  /** All experts are in memory after it. */
  public void comeAll() {
    for (int e = 0; e < experts.length; e++) {
      if (!experts[e].isHere()) {
        come(e);
      }
    }
  }

  /** An expert, read for once where it is not in memory. */
  public Block borrow(final int e) {
    return experts[e].isHere() ? experts[e] : stored(e);
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
    return block.isHere()
        ? block.resting()
        : spec.rest().enabled() && e < idle.length && idle[e] >= spec.rest().afterSteps();
  }

  /** Bytes that an expert's numbers take when they are in memory, and, at rest, not unpacked. */
  public long bytesOf(final int e) {
    final int size = ExpertLayout.of(spec).size();
    return resting(e)
        ? Quantised.bytes(size, spec.rest().format().bits())
        : 3L * Float.BYTES * size;
  }

  /**
   * The same with more inputs or classes: what is new has weight 0, so that nothing the layer knows
   * changes. Every block counts as changed, and all of them are in memory.
   */
  public MoeState grown(final int inputs, final int classes) {
    comeAll();
    final DenseMoeSpec larger = spec.with(inputs, classes);
    final ExpertLayout from = ExpertLayout.of(spec);
    final ExpertLayout to = ExpertLayout.of(larger);
    final Block[] grown = new Block[experts.length];
    for (int e = 0; e < experts.length; e++) {
      grown[e] =
          experts[e].resized(
              to.size(),
              (old, fresh) -> {
                widen(old, fresh, spec.hidden(), inputs);
                System.arraycopy(old, from.b1(), fresh, to.b1(), spec.hidden());
                System.arraycopy(old, from.w2(), fresh, to.w2(), from.b2() - from.w2());
                System.arraycopy(old, from.b2(), fresh, to.b2(), spec.classes());
              });
    }
    final int count = spec.experts();
    final Block wider =
        gate.resized(
            gateSize(larger),
            (old, fresh) -> {
              widen(old, fresh, count, inputs);
              System.arraycopy(old, count * spec.inputs(), fresh, count * inputs, count);
            });
    return new MoeState(larger, wider, grown, window.clone(), new int[count], store);
  }

  /** Copies the first rows, of as many numbers as there were inputs, to wider ones. */
  private void widen(final float[] from, final float[] to, final int rows, final int inputs) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from, r * spec.inputs(), to, r * inputs, spec.inputs());
    }
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

  public void writeChunk(final int index, final ImageWriter out) {
    if (index == 0) {
      out.begin(KIND, VERSION);
      writeSpec(out);
      gate.write(out);
      out.putFloats(window, window.length).putInts(idle, idle.length);
    } else {
      final int e = index - 1;
      out.begin(EXPERT_KIND, VERSION).putInt(e);
      borrow(e).writeExpert(out);
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
    final boolean knowsRest = first.begin(KIND, VERSION) > 1;
    final DenseMoeSpec spec = readSpec(first, knowsRest);
    final Block gate = Block.read(first, gateSize(spec));
    final float[] window = first.getFloats();
    if (window.length != spec.experts()) {
      throw new MalformedImageException("a window of " + window.length + " experts");
    }
    final int[] idle = knowsRest ? first.getInts() : new int[spec.experts()];
    if (idle.length != spec.experts()) {
      throw new MalformedImageException("idle steps of " + idle.length + " experts");
    }
    first.end();
    final Block[] experts = new Block[spec.totalExperts()];
    Arrays.setAll(experts, e -> Block.away());
    return new MoeState(spec, gate, experts, window, idle, store);
  }

  private static Block readExpert(final DenseMoeSpec spec, final int e, final ImageReader in) {
    final int size = ExpertLayout.of(spec).size();
    final boolean mayRest = in.begin(EXPERT_KIND, VERSION) > 1;
    in.getIntIn(e, e, "index of the expert");
    final Block block = mayRest ? Block.readExpert(in, size) : Block.read(in, size);
    in.end();
    return block;
  }

  private void writeSpec(final ImageWriter out) {
    final GateSpec gateSpec = spec.gate();
    out.putInt(spec.inputs())
        .putInt(spec.hidden())
        .putInt(spec.classes())
        .putInt(spec.experts())
        .putString(gateSpec.kind().name())
        .putInt(gateSpec.chosen())
        .putInt(gateSpec.shared())
        .putDouble(gateSpec.balanceWeight())
        .putInt(gateSpec.balanceWindow())
        .putDouble(spec.learningRate())
        .putLong(spec.seed())
        .putString(spec.rest().format().name())
        .putInt(spec.rest().afterSteps());
  }

  private static DenseMoeSpec readSpec(final ImageReader in, final boolean knowsRest) {
    final int inputs = in.getInt();
    final int hidden = in.getInt();
    final int classes = in.getInt();
    final int experts = in.getInt();
    final String kind = in.getString();
    final int chosen = in.getInt();
    final int shared = in.getInt();
    final double weight = in.getDouble();
    final int window = in.getInt();
    final double learningRate = in.getDouble();
    final long seed = in.getLong();
    final String format = knowsRest ? in.getString() : Rest.Format.NONE.name();
    final int afterSteps = knowsRest ? in.getInt() : 1;
    try {
      final GateSpec gate =
          new GateSpec(GateSpec.Kind.valueOf(kind), chosen, shared, weight, window);
      final Rest rest = new Rest(Rest.Format.valueOf(format), afterSteps);
      return new DenseMoeSpec(inputs, hidden, classes, experts, gate, learningRate, seed, rest);
    } catch (final IllegalArgumentException impossible) {
      throw new MalformedImageException("dense layer: " + impossible.getMessage());
    }
  }

  public static int gateSize(final DenseMoeSpec spec) {
    return spec.experts() * (spec.inputs() + 1);
  }

  private static void uniform(
      final SplittableRandom random,
      final float[] target,
      final int from,
      final int to,
      final double limit) {
    for (int i = from; i < to; i++) {
      target[i] = (float) ((random.nextDouble() * 2 - 1) * limit);
    }
  }
}
