package dev.braid.experts.moe.device;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.device.Device.Area;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.ExpertCache;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.experts.moe.state.RestRule;
import dev.braid.experts.moe.state.Weights;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of a layer on a device, and the host's copy of them. That copy is brought up to date
 * when it is asked for, expert by expert as they changed, and replaced only when all of them have
 * arrived. Experts that the device has no slot for wait on the host, or in the layer's store where
 * the host has no room either; what one has learned since the host's copy was made waits beside
 * that copy.
 */
final class DeviceExperts {
  private static final int NONE = -1;

  private final DeviceShape spec;
  private final MoeState saved;
  private final DeviceLayout layout;
  private final Device device;
  private final DeviceWeights weights;
  private final ExpertCache cache;
  private final DeviceSlots slots;
  private final RestRule rest;

  /** As of the last step begun; the host's copy has what was when it was made. */
  private final int[] idle;

  /** The balance loss's count of choices; of no effect where there is no such loss. */
  private final float[] window;

  /** Most bytes of experts in the host's copy; the others are in the store. */
  private final long most;

  /** Of each chunk, what replaces the host's copy of it next. */
  private final Weights[] spare;

  /** Whether the spare weights of an expert are newer than the host's copy. */
  private final boolean[] newer;

  /** Whether an expert may have learned on the device since its weights were on the host last. */
  private final boolean[] learned;

  /** Whether an expert went to rest since the host's copy was made. */
  private final boolean[] rested;

  /** Whether the device knows how many steps an expert has learned. */
  private final boolean[] known;

  /** Whether an exchange may be under way, and which expert leaves in it. */
  private boolean exchanging;

  private int leaving = NONE;
  private boolean stale;

  /**
   * @param saved weights to begin with; kept as the host's copy
   * @param options how many bytes of experts to hold on the host, if the state has a store for the
   *     others, and which come ahead
   */
  DeviceExperts(
      final MoeState saved,
      final DeviceLayout layout,
      final Device device,
      final DenseOptions options) {
    this.saved = saved;
    this.layout = layout;
    this.device = device;
    final boolean leave = saved.hasStore() && saved.spec.expertBytes() > options.expertMemory();
    most = leave ? options.expertMemory() : Long.MAX_VALUE;
    spec = layout.shape();
    weights = new DeviceWeights(layout, device);
    cache = new ExpertCache(options.forecast(), spec.experts());
    slots = new DeviceSlots(spec.experts(), layout.slots(), cache);
    idle = saved.idle.clone();
    rest = new RestRule(saved.spec.rest(), idle);
    window =
        saved.spec.gate().penalties().isEmpty()
            ? new float[spec.experts()]
            : saved.penaltyMemory(0);
    spare = new Weights[saved.chunkCount()];
    newer = new boolean[spec.experts()];
    learned = new boolean[spec.experts()];
    rested = new boolean[spec.experts()];
    known = new boolean[spec.experts()];
    if (!bounded()) {
      saved.bringBackAll();
    }
    final int[] steps = new int[saved.chunkCount()];
    for (int owner = 0; owner < steps.length; owner++) {
      final boolean isGate = owner == spec.totalExperts();
      if (slotOf(owner) >= 0) {
        final Weights own = isGate ? saved.gate() : saved.borrow(owner);
        weights.write(slotOf(owner), own);
        steps[owner] = own.steps;
        know(owner);
      } else if (saved.expert(owner).isInMemory()) {
        steps[owner] = saved.expert(owner).steps;
        know(owner);
      }
    }
    device.writeInts(layout.at(Field.STEPS, 0), steps);
    device.writeInts(layout.at(Field.CHANGED, 0), new int[steps.length]);
    device.write(layout.at(Field.WINDOW, 0), window, 0, window.length);
    weights.convert(0, layout.allSlots());
    trim();
  }

  private void know(final int owner) {
    if (owner < known.length) {
      known[owner] = true;
    }
  }

  private boolean bounded() {
    return most < Long.MAX_VALUE;
  }

  DeviceSlots slots() {
    return slots;
  }

  /** Whether experts ever rest. */
  boolean rests() {
    return rest.enabled();
  }

  RestFigures rest() {
    return rest.figures(saved.bytes());
  }

  /** Experts of a batch are about to compute so many rows each. */
  void ask(final int[] load) {
    for (int e = 0; e < load.length; e++) {
      if (rest.resting(e) && load[e] > 0) {
        rest.asked(slots.slotOf(e) >= 0);
      }
    }
  }

  /** Experts are about to learn from so many rows each: those at rest wake. */
  void wake(final int[] labelled) {
    for (int e = 0; e < labelled.length; e++) {
      if (labelled[e] > 0) {
        rest.wake(e);
      }
    }
  }

  /** The host's copy as it was when it was last brought up to date. */
  MoeState saved() {
    return saved;
  }

  /** Gives a wave's experts their slots, once what was begun needs the old ones no more. */
  void seat(final int[] wave) {
    for (int p = 0; p < wave.length; p++) {
      if (wave[p] >= 0 && slots.expertAt(p) != wave[p]) {
        exchange(p, wave[p], true);
      }
    }
  }

  /**
   * After a step was begun: counts what it chose, and has the expert come that was chosen most of
   * those without a slot, if it was chosen clearly more than one that has one.
   *
   * @param waves of the step. Where it is a single one, a slot that it does not use is free, and
   *     the copies run beside the step; else each slot is in use until the step is done
   */
  void comeAhead(final int[] load, final List<int[]> waves) {
    cache.took(load, null, 0, spec.experts());
    final int wanted = slots.wanted();
    final int[] last = waves.get(waves.size() - 1);
    final int slot = wanted < 0 ? NONE : slots.slotFor(wanted, last);
    if (slot >= 0) {
      cache.prefetched();
      exchange(slot, wanted, waves.size() > 1);
    }
  }

  /** A step was begun that learns, or does not. */
  void stepped(final boolean learns) {
    stale |= learns;
  }

  /** A wave's experts learn, and may have to leave before the step is done. */
  void learn(final int[] wave) {
    for (final int e : wave) {
      if (e >= 0) {
        learned[e] |= !rest.resting(e);
      }
    }
  }

  /**
   * After a training step was begun: experts that no labelled row was sent to for long go to rest.
   *
   * @param labelled rows that each learned from
   */
  void goToRest(final int[] labelled) {
    for (int e = 0; e < labelled.length; e++) {
      if (labelled[e] > 0 || !rest.tires(e)) {
        continue;
      }
      finishExchange();
      final int slot = slots.slotOf(e);
      final Weights own = awake(1 + e);
      if (slot >= 0) {
        weights.read(slot, own);
      } else if (!newer[e]) {
        final float[] theta = saved.borrow(e).theta;
        System.arraycopy(theta, 0, own.theta, 0, theta.length);
      }
      own.rest(saved.spec.rest().codec(), null);
      newer[e] = true;
      rested[e] = true;
      learned[e] = false;
      if (slot >= 0) {
        weights.write(slot, own);
        weights.convert(slot, 1);
      }
      weights.forgetSteps(e);
      known[e] = true;
    }
  }

  private void exchange(final int slot, final int expert, final boolean waits) {
    finishExchange();
    final int out = slots.expertAt(slot);
    DeviceWeights.put(newer[expert] ? spare[1 + expert] : held(expert), device.coming());
    final List<Area> areas = weights.areas(slot);
    if (!known[expert]) {
      areas.add(weights.stepsOf(expert));
      known[expert] = true;
    }
    exchanging = true;
    leaving = learned[out] ? out : NONE;
    device.exchange(areas, leaving != NONE, waits);
    slots.seat(slot, expert);
    weights.convert(slot, 1);
  }

  private void finishExchange() {
    if (!exchanging) {
      return;
    }
    device.finishExchange();
    if (leaving != NONE) {
      DeviceWeights.get(device.leaving(), awake(1 + leaving));
      newer[leaving] = true;
      leaving = NONE;
    }
    exchanging = false;
  }

  /** The host's copy of an expert; stays on the host if there is room. */
  private Weights held(final int expert) {
    if (!saved.expert(expert).isInMemory() && saved.bytesOf(expert) <= most - hostBytes()) {
      saved.bringBack(expert);
    }
    return saved.borrow(expert);
  }

  /** Brings the host's copy up to date. */
  MoeState refresh() {
    if (!stale) {
      return saved;
    }
    finishExchange();
    final int[] changed = new int[saved.chunkCount()];
    final int[] steps = new int[saved.chunkCount()];
    final float[] choices = new float[window.length];
    device.readInts(layout.at(Field.CHANGED, 0), changed);
    device.readInts(layout.at(Field.STEPS, 0), steps);
    device.read(layout.at(Field.WINDOW, 0), choices, 0, choices.length);
    for (int owner = 0; owner < changed.length; owner++) {
      if (changed[owner] != 0 && slotOf(owner) >= 0 && !rest.resting(owner)) {
        weights.read(slotOf(owner), awake(index(owner)));
      }
    }
    device.writeInts(layout.at(Field.CHANGED, 0), new int[changed.length]);
    // Nothing of the device can fail from here on: the host's copy is never half of one step, half
    // of another.
    System.arraycopy(choices, 0, window, 0, window.length);
    System.arraycopy(idle, 0, saved.idle, 0, idle.length);
    for (int owner = 0; owner < changed.length; owner++) {
      if (rest.resting(owner) ? rested[owner] : changed[owner] != 0) {
        final int index = index(owner);
        final Weights fresh = spare[index];
        fresh.steps = steps[owner];
        fresh.dirty = true;
        spare[index] = saved.weights(index);
        saved.replace(index, fresh);
      }
    }
    Arrays.fill(newer, false);
    Arrays.fill(learned, false);
    Arrays.fill(rested, false);
    stale = false;
    trim();
    return saved;
  }

  /** Whether the host holds more than it may until its copy is brought up to date. */
  boolean isCrowded() {
    if (!bounded()) {
      return false;
    }
    long waiting = 0;
    for (int e = 0; e < newer.length; e++) {
      waiting += newer[e] ? spare[1 + e].bytes() : 0;
    }
    return waiting > 0 && waiting > most - hostBytes();
  }

  private long hostBytes() {
    return saved.bytes() - saved.gate().bytes();
  }

  /** Lets experts go to the store until those on the host fit: first those that have a slot. */
  private void trim() {
    if (!bounded()) {
      return;
    }
    // Weights that could be filled again would take as much room as those that they replace.
    Arrays.fill(spare, null);
    while (hostBytes() > most) {
      int least = NONE;
      for (int e = 0; e < spec.totalExperts(); e++) {
        if (saved.expert(e).isInMemory() && (least == NONE || worth(e) < worth(least))) {
          least = e;
        }
      }
      saved.evict(least);
    }
  }

  private float worth(final int expert) {
    return slotOf(expert) >= 0 ? -1 : cache.want(expert);
  }

  MemoryFigures figures() {
    final long perExpert = 3L * Float.BYTES * spec.layout().size();
    final int evicted = spec.experts() - layout.slots();
    return new MemoryFigures(
        layout.allSlots() * perExpert,
        evicted,
        evicted * perExpert,
        cache.hits(),
        cache.misses(),
        cache.prefetches());
  }

  /** Host bytes beside the copy that {@link #saved} is. */
  long spareBytes() {
    long bytes = 0;
    for (final Weights own : spare) {
      bytes += own == null ? 0 : own.bytes();
    }
    return bytes;
  }

  /** Spare weights, awake, with whatever numbers. */
  private Weights awake(final int index) {
    if (spare[index] == null || spare[index].m == null) {
      spare[index] =
          new Weights(saved.weights(index).layout(), saved.weights(index).memoryLayout());
    }
    return spare[index];
  }

  /** The device counts the experts first and the gate last, the saved chunks the gate first. */
  private int index(final int owner) {
    return owner == spec.totalExperts() ? 0 : owner + 1;
  }

  /** Slot of an expert, or -1; the gate has one of its own. */
  private int slotOf(final int owner) {
    return owner < spec.experts() ? slots.slotOf(owner) : layout.slots() + owner - spec.experts();
  }
}
