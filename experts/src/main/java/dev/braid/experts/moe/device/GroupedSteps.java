package dev.braid.experts.moe.device;

import dev.braid.experts.moe.device.Device.Round;
import dev.braid.experts.moe.device.Device.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out the steps of a gate that chooses. What it chose decides what is computed: the host
 * waits for the loads of the experts, divides these into rounds, and, where not all experts are on
 * the device, has them exchanged in between. Rounds go forward in one order and backward in the
 * opposite one, so that the experts of the last wave are there already.
 */
final class GroupedSteps {
  /** A round, and the wave whose experts have to have their slots for it. */
  private record Part(int wave, Round round) {}

  /** What is recorded: the choice, where there are no rounds, or a step in these rounds. */
  private record Kind(Step step, List<Round> rounds) {}

  private final DeviceShape spec;
  private final DeviceLayout layout;
  private final Device device;
  private final DeviceExperts experts;
  private final GroupProgram program;
  private final float[] counts;
  private final int[] load;
  private final int[] labelled;

  GroupedSteps(final DeviceLayout layout, final Device device, final DeviceExperts experts) {
    spec = layout.shape();
    this.layout = layout;
    this.device = device;
    this.experts = experts;
    program = new GroupProgram(layout, device);
    counts = new float[spec.experts()];
    load = new int[spec.experts()];
    labelled = new int[spec.experts()];
    final int[] everyExpert = new int[layout.seats()];
    Arrays.setAll(everyExpert, e -> e);
    device.writeInts(layout.at(Field.EXPERT_AT, 0), everyExpert);
    final int[] everySeat = Arrays.copyOf(everyExpert, spec.totalExperts());
    device.writeInts(layout.at(Field.SEAT_OF, 0), everySeat);
  }

  /** The step, and what is to come ahead of the next one. */
  void run(final Step step, final int outputBytes) {
    device.run(new Kind(step, List.of()), () -> program.choose(step));
    readCounts(Field.LOAD, step, load);
    final boolean rests = step.learn() && experts.rests();
    experts.ask(load);
    if (rests) {
      readCounts(Field.COUNTS, step, labelled);
      experts.wake(labelled);
    }
    final List<int[]> waves = experts.slots().waves(load);
    final List<Part> parts = parts(waves, step.rows());
    if (layout.exchanges()) {
      writeSeats(waves);
      device.run(null, () -> compute(step, waves, parts));
    } else {
      final List<Round> rounds = parts.stream().map(Part::round).toList();
      // Loads that differ a lot make many rounds, of which no two batches have the same.
      final boolean usual = rounds.size() <= 1 + spec.shared();
      device.run(usual ? new Kind(step, rounds) : null, () -> compute(step, waves, parts));
    }
    device.end(step, outputBytes);
    if (rests) {
      experts.goToRest(labelled);
    }
    experts.comeAhead(load, waves);
  }

  private void readCounts(final Field field, final Step step, final int[] into) {
    device.read(layout.at(field, step.buffer()), counts, 0, into.length);
    Arrays.setAll(into, e -> (int) counts[e]);
  }

  private List<Part> parts(final List<int[]> waves, final int rows) {
    final List<Part> parts = new ArrayList<>();
    final int[] every = new int[spec.shared()];
    Arrays.fill(every, rows);
    final int first = layout.sharedSeat();
    for (final Round round : Rounds.of(every, first, layout.slots(), rows, layout.roundRows())) {
      parts.add(new Part(0, round));
    }
    for (int w = 0; w < waves.size(); w++) {
      final int[] wave = waves.get(w);
      final int[] inSlot = new int[wave.length];
      Arrays.setAll(inSlot, p -> wave[p] < 0 ? 0 : load[wave[p]]);
      for (final Round round : Rounds.of(inSlot, w * layout.slots(), 0, rows, layout.roundRows())) {
        parts.add(new Part(w, round));
      }
    }
    return parts;
  }

  private void writeSeats(final List<int[]> waves) {
    final int[] expertAt = new int[layout.seats()];
    final int[] seatOf = new int[spec.totalExperts()];
    Arrays.fill(expertAt, -1);
    Arrays.fill(seatOf, -1);
    for (int w = 0; w < waves.size(); w++) {
      for (int p = 0; p < waves.get(w).length; p++) {
        final int expert = waves.get(w)[p];
        if (expert >= 0) {
          expertAt[w * layout.slots() + p] = expert;
          seatOf[expert] = w * layout.slots() + p;
        }
      }
    }
    for (int s = 0; s < spec.shared(); s++) {
      expertAt[layout.sharedSeat() + s] = spec.experts() + s;
      seatOf[spec.experts() + s] = layout.sharedSeat() + s;
    }
    device.writeInts(layout.at(Field.EXPERT_AT, 0), expertAt);
    device.writeInts(layout.at(Field.SEAT_OF, 0), seatOf);
  }

  private void compute(final Step step, final List<int[]> waves, final List<Part> parts) {
    for (final Part part : parts) {
      experts.seat(waves.get(part.wave));
      program.forward(step, part.round);
    }
    program.answer(step);
    if (!step.learn()) {
      return;
    }
    for (int i = parts.size() - 1; i >= 0; i--) {
      final Part part = parts.get(i);
      experts.seat(waves.get(part.wave));
      if (i < parts.size() - 1) {
        program.hidden(step, part.round);
      }
      program.backward(step, part.round);
      experts.learn(waves.get(part.wave));
    }
    program.learnGate(step);
  }
}
