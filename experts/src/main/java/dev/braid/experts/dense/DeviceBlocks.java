package dev.braid.experts.dense;

import dev.braid.experts.dense.Device.Area;
import dev.braid.experts.dense.Device.Round;
import dev.braid.experts.dense.Device.Step;
import dev.braid.experts.dense.DeviceLayout.Section;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of a layer on a device, and the host's copy of them. That copy is brought up to date
 * when it is asked for, block by block as they changed, and replaced only when all of them have
 * arrived. Experts that the device has no place for wait on the host; what one has learned since
 * the host's copy was made waits beside that copy.
 */
final class DeviceBlocks {
  private static final int NONE = -1;

  private final DenseMoeSpec spec;
  private final MoeState saved;
  private final DeviceLayout layout;
  private final Device device;
  private final ExpertLayout at;
  private final Places places;

  /** Of each block, what replaces the host's copy of it next. */
  private final Block[] spare;

  /** Whether the spare block of an expert is newer than the host's copy. */
  private final boolean[] newer;

  /** Whether an expert may have learned on the device since its block was on the host last. */
  private final boolean[] learned;

  /** Whether an exchange may be under way, and which expert leaves in it. */
  private boolean exchanging;

  private int leaving = NONE;
  private long prefetches;
  private boolean stale;

  /**
   * @param saved weights to begin with; kept as the host's copy
   */
  DeviceBlocks(final MoeState saved, final DeviceLayout layout, final Device device) {
    this.saved = saved;
    this.layout = layout;
    this.device = device;
    spec = saved.spec;
    at = ExpertLayout.of(spec);
    places = new Places(spec.experts(), layout.places());
    spare = new Block[saved.blockCount()];
    newer = new boolean[spec.experts()];
    learned = new boolean[spec.experts()];
    for (int owner = 0; owner < saved.blockCount(); owner++) {
      if (placeOf(owner) >= 0) {
        final Block block = saved.block(index(owner));
        writeSections(Field.THETA, owner, block.theta);
        writeSections(Field.M, owner, block.m);
        writeSections(Field.V, owner, block.v);
      }
    }
    final int[] steps = new int[saved.blockCount()];
    Arrays.setAll(steps, owner -> saved.block(index(owner)).steps);
    device.writeInts(layout.at(Field.STEPS, 0), steps);
    device.writeInts(layout.at(Field.CHANGED, 0), new int[steps.length]);
    device.write(layout.at(Field.WINDOW, 0), saved.window, 0, saved.window.length);
    convert(0, layout.allPlaces());
  }

  Places places() {
    return places;
  }

  /** The host's copy as it was when it was last brought up to date. */
  MoeState saved() {
    return saved;
  }

  /** Makes the products' copies of weights that were written. */
  private void convert(final int firstPlace, final int count) {
    if (layout.precision() == Precision.BF16) {
      final long largest = (long) spec.hidden() * Math.max(spec.inputs(), spec.classes());
      device.launch(
          Kernel.CONVERT_WEIGHTS,
          new Step(1, 0, false, false),
          new Round(0, firstPlace, count, 1),
          Grids.flat(largest, count));
    }
  }

  /** Gives a wave's experts their places, once what was begun needs the old ones no more. */
  void seat(final int[] wave) {
    for (int p = 0; p < wave.length; p++) {
      if (wave[p] >= 0 && places.expertAt(p) != wave[p]) {
        exchange(p, wave[p], true);
      }
    }
  }

  /**
   * After a step was begun: counts what it chose, and has the expert come that was chosen most of
   * those without a place, if its step does not need another's place.
   *
   * @param wave whose experts may be in use
   */
  void comeAhead(final int[] load, final int[] wave) {
    places.count(load);
    final int wanted = places.wanted();
    final int place = wanted < 0 ? NONE : places.placeFor(wanted, wave);
    if (place >= 0) {
      prefetches++;
      exchange(place, wanted, false);
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
        learned[e] = true;
      }
    }
  }

  private void exchange(final int place, final int expert, final boolean waits) {
    finishExchange();
    final int out = places.expertAt(place);
    final Block comes = newer[expert] ? spare[1 + expert] : saved.expert(expert);
    final FloatBuffer host = device.coming().clear().asFloatBuffer();
    host.put(comes.theta).put(comes.m).put(comes.v);
    exchanging = true;
    leaving = learned[out] ? out : NONE;
    device.exchange(areas(place), leaving != NONE, waits);
    places.seat(place, expert);
    convert(place, 1);
  }

  private void finishExchange() {
    if (!exchanging) {
      return;
    }
    device.finishExchange();
    if (leaving != NONE) {
      final Block block = spare(1 + leaving);
      final FloatBuffer host = device.leaving().clear().asFloatBuffer();
      host.get(block.theta).get(block.m).get(block.v);
      newer[leaving] = true;
      leaving = NONE;
    }
    exchanging = false;
  }

  private List<Area> areas(final int place) {
    final List<Area> areas = new ArrayList<>();
    int offset = 0;
    for (final Field field : new Field[] {Field.THETA, Field.M, Field.V}) {
      areas.add(new Area(at(field, Section.W1, place), offset, at.b1()));
      areas.add(new Area(at(field, Section.B1, place), offset + at.b1(), spec.hidden()));
      areas.add(new Area(at(field, Section.W2, place), offset + at.w2(), at.b2() - at.w2()));
      areas.add(new Area(at(field, Section.B2, place), offset + at.b2(), spec.classes()));
      offset += at.size();
    }
    return areas;
  }

  /** Brings the host's copy up to date. */
  MoeState refresh() {
    if (!stale) {
      return saved;
    }
    finishExchange();
    final int[] changed = new int[saved.blockCount()];
    final int[] steps = new int[saved.blockCount()];
    final float[] window = new float[saved.window.length];
    device.readInts(layout.at(Field.CHANGED, 0), changed);
    device.readInts(layout.at(Field.STEPS, 0), steps);
    device.read(layout.at(Field.WINDOW, 0), window, 0, window.length);
    for (int owner = 0; owner < changed.length; owner++) {
      if (changed[owner] != 0 && placeOf(owner) >= 0) {
        final Block block = spare(index(owner));
        readSections(Field.THETA, owner, block.theta);
        readSections(Field.M, owner, block.m);
        readSections(Field.V, owner, block.v);
      }
    }
    device.writeInts(layout.at(Field.CHANGED, 0), new int[changed.length]);
    // Nothing can fail from here on: the host's copy is never half of one step, half of another.
    System.arraycopy(window, 0, saved.window, 0, window.length);
    for (int owner = 0; owner < changed.length; owner++) {
      if (changed[owner] != 0) {
        final int index = index(owner);
        final Block fresh = spare[index];
        fresh.steps = steps[owner];
        fresh.dirty = true;
        spare[index] = saved.block(index);
        saved.replace(index, fresh);
      }
    }
    Arrays.fill(newer, false);
    Arrays.fill(learned, false);
    stale = false;
    return saved;
  }

  MemoryFigures figures() {
    final long perExpert = 3L * Float.BYTES * at.size();
    final int cold = spec.experts() - layout.places();
    return new MemoryFigures(
        layout.allPlaces() * perExpert,
        cold,
        cold * perExpert,
        places.hits(),
        places.misses(),
        prefetches);
  }

  /** Host bytes beside the copy that {@link #saved} is. */
  long spareBytes() {
    long bytes = 0;
    for (final Block block : spare) {
      bytes += block == null ? 0 : block.bytes();
    }
    return bytes;
  }

  private Block spare(final int index) {
    if (spare[index] == null) {
      spare[index] = new Block(saved.block(index).theta.length);
    }
    return spare[index];
  }

  /** The device counts the experts first and the gate last, the saved blocks the gate first. */
  private int index(final int owner) {
    return owner == spec.totalExperts() ? 0 : owner + 1;
  }

  /** Place of an expert, or -1; the gate has one of its own. */
  private int placeOf(final int owner) {
    return owner < spec.experts()
        ? places.placeOf(owner)
        : layout.places() + owner - spec.experts();
  }

  private void writeSections(final Field field, final int owner, final float[] block) {
    if (owner == spec.totalExperts()) {
      device.write(at(field, Section.GATE, 0), block, 0, block.length);
      return;
    }
    final int place = placeOf(owner);
    device.write(at(field, Section.W1, place), block, 0, at.b1());
    device.write(at(field, Section.B1, place), block, at.b1(), at.w2() - at.b1());
    device.write(at(field, Section.W2, place), block, at.w2(), at.b2() - at.w2());
    device.write(at(field, Section.B2, place), block, at.b2(), at.size() - at.b2());
  }

  private void readSections(final Field field, final int owner, final float[] block) {
    if (owner == spec.totalExperts()) {
      device.read(at(field, Section.GATE, 0), block, 0, block.length);
      return;
    }
    final int place = placeOf(owner);
    device.read(at(field, Section.W1, place), block, 0, at.b1());
    device.read(at(field, Section.B1, place), block, at.b1(), at.w2() - at.b1());
    device.read(at(field, Section.W2, place), block, at.w2(), at.b2() - at.w2());
    device.read(at(field, Section.B2, place), block, at.b2(), at.size() - at.b2());
  }

  private long at(final Field field, final Section section, final int place) {
    return layout.at(field, 0) + Float.BYTES * layout.parameter(section, place);
  }
}
