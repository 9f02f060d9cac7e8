package dev.braid.router.tame;

import dev.braid.data.Schema;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.Experts;
import dev.braid.router.ExpertText;
import dev.braid.router.Member;
import dev.braid.router.PoolEvent;
import dev.braid.router.SavedLearner;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The experts of the preset {@code tame}: opening, switching, merging, retiring, and the events
 * that tell of it.
 */
final class TamePool {
  /** Agreement beyond chance from which two experts say the same. */
  private static final double SAME = 0.95;

  private final ExpertText expert;
  private final TameOptions settings;
  private final TaskLoss losses;
  private final long seed;
  private final List<TameMember> members = new ArrayList<>();
  private final List<PoolEvent> events = new ArrayList<>();
  private int[] numbers = new int[0];
  private int active;
  private int opened;

  TamePool(
      final Options options, final TameOptions settings, final TaskLoss losses, final long seed) {
    expert = new ExpertText(options, "expert");
    this.settings = settings;
    this.losses = losses;
    this.seed = seed;
  }

  int size() {
    return members.size();
  }

  TameMember member(final int index) {
    return members.get(index);
  }

  int active() {
    return active;
  }

  TameMember activeMember() {
    return members.get(active);
  }

  /** Of the experts, in their order. Not a copy. */
  int[] numbers() {
    return numbers;
  }

  List<Member> names() {
    return members.stream().map(member -> member.member).toList();
  }

  List<Expert> experts() {
    return members.stream().map(member -> member.expert).toList();
  }

  List<PoolEvent> drainEvents() {
    if (events.isEmpty()) {
      return List.of();
    }
    final List<PoolEvent> drained = List.copyOf(events);
    events.clear();
    return drained;
  }

  private LossGuard guard() {
    return new LossGuard(settings.window(), settings.smoothing());
  }

  /** The first expert, of which no event tells. */
  void openFirst(final Schema schema) {
    add(blank(schema));
  }

  private Expert blank(final Schema schema) {
    return expert.open(schema, CounterRandom.bits(seed, opened));
  }

  private void add(final Expert newest) {
    final int number = opened++;
    members.add(new TameMember(number, expert.member(number + 1), newest, guard()));
    active = members.size() - 1;
    renumber();
  }

  private void renumber() {
    numbers = members.stream().mapToInt(member -> member.number).toArray();
  }

  /** Makes a known expert the active one. */
  void switchTo(final int index, final double loss) {
    active = index;
    final double threshold = activeMember().guard.threshold();
    activeMember().guard.resume(loss);
    tell(
        PoolEvent.Kind.SWITCHED,
        activeMember(),
        String.format(
            Locale.ROOT,
            "fits the newest events best: loss %.3f, its threshold %.3f",
            loss,
            threshold));
  }

  /**
   * Opens an expert and makes it the active one.
   *
   * @param source index of the expert that it starts as a copy of, or -1 for one that knows nothing
   */
  void open(final Schema schema, final int source, final double loss) {
    final String from = source < 0 ? "" : "; begins as a copy of " + members.get(source).name();
    add(source < 0 ? blank(schema) : copy(members.get(source).expert, schema));
    tell(
        PoolEvent.Kind.OPENED,
        activeMember(),
        String.format(
            Locale.ROOT,
            "no expert fits the newest events, the nearest has loss %.3f%s",
            loss,
            from));
  }

  private static Expert copy(final Expert expert, final Schema schema) {
    return Experts.read(
        expert.kind(),
        schema,
        expert.chunkCount(),
        chunk -> {
          final ImageWriter out = new ImageWriter();
          expert.writeChunk(chunk, out);
          return new ImageReader(out.toByteArray());
        });
  }

  private void tell(final PoolEvent.Kind kind, final TameMember member, final String reason) {
    events.add(new PoolEvent(kind, member.name(), reason));
  }

  /** Retires the least useful experts until no more than {@code most} are left. */
  boolean shrinkTo(final int most, final long now, final Reservoir reservoir) {
    boolean changed = false;
    while (members.size() > most && members.size() > 1) {
      retire(now, reservoir, "the pool is full");
      changed = true;
    }
    return changed;
  }

  /** Retires the least useful experts until the others keep within their bytes. */
  boolean shrinkToBytes(final long now, final Reservoir reservoir) {
    boolean changed = false;
    while (members.size() > 1 && expertBytes() > settings.maxBytes()) {
      retire(now, reservoir, "the experts exceed their bytes");
      changed = true;
    }
    return changed;
  }

  private void retire(final long now, final Reservoir reservoir, final String why) {
    int least = -1;
    for (int e = 0; e < members.size(); e++) {
      if (e != active && (least < 0 || members.get(e).worth(now) < members.get(least).worth(now))) {
        least = e;
      }
    }
    final TameMember gone = members.get(least);
    reservoir.drop(gone.number);
    tell(
        PoolEvent.Kind.RETIRED,
        gone,
        String.format(
            Locale.ROOT,
            "%s; it learned %d events, the last %d events ago",
            why,
            gone.learned,
            now - gone.lastLearned));
    remove(least);
  }

  private void remove(final int index) {
    members.remove(index);
    if (active >= index && active > 0) {
      active--;
    }
    renumber();
  }

  /** Merges settled experts that say the same of the sample; the more experienced one stays. */
  boolean mergeAlike(final Reservoir reservoir, final int features, final int width) {
    boolean changed = false;
    while (members.size() > 1 && mergePair(reservoir, features, width)) {
      changed = true;
    }
    return changed;
  }

  private boolean mergePair(final Reservoir reservoir, final int features, final int width) {
    final double[][] answers = answers(reservoir, features, width);
    for (int a = 0; a < members.size(); a++) {
      for (int b = a + 1; b < members.size(); b++) {
        if (answers[a] != null
            && answers[b] != null
            && losses.agreement(answers[a], answers[b], width) >= SAME) {
          final boolean firstStays = members.get(a).learned >= members.get(b).learned;
          merge(firstStays ? b : a, firstStays ? a : b, reservoir);
          return true;
        }
      }
    }
    return false;
  }

  /** What each settled expert says of every event in the sample; null for the others. */
  private double[][] answers(final Reservoir reservoir, final int features, final int width) {
    final double[][] answers = new double[members.size()][];
    final double[] x = new double[features];
    final double[] prediction = new double[width];
    for (int e = 0; e < answers.length; e++) {
      if (members.get(e).guard.isSettled()) {
        answers[e] = new double[reservoir.count()];
        for (int r = 0; r < answers[e].length; r++) {
          reservoir.copy(r, x);
          members.get(e).expert.predict(x, prediction);
          answers[e][r] = losses.answer(prediction);
        }
      }
    }
    return answers;
  }

  private void merge(final int loser, final int winner, final Reservoir reservoir) {
    final TameMember gone = members.get(loser);
    final TameMember stays = members.get(winner);
    reservoir.relabel(gone.number, stays.number);
    stays.lastLearned = Math.max(stays.lastLearned, gone.lastLearned);
    tell(PoolEvent.Kind.MERGED, gone, "says the same as " + stays.name() + ", which stays");
    if (loser == active) {
      active = winner;
    }
    remove(loser);
  }

  void grow(final Schema larger) {
    for (final TameMember member : members) {
      member.expert.grow(larger);
    }
  }

  private long expertBytes() {
    long bytes = 0;
    for (int e = 0; e < members.size(); e++) {
      bytes += members.get(e).expert.sizeBytes();
    }
    return bytes;
  }

  long sizeBytes() {
    long bytes = expertBytes() + 64;
    for (int e = 0; e < members.size(); e++) {
      bytes += members.get(e).guard.sizeBytes() + 64;
    }
    return bytes;
  }

  /** Layout: experts ever opened, the active one, then each expert's number, use and losses. */
  void write(final ImageWriter out) {
    out.putInt(opened).putInt(active);
    members.forEach(member -> member.write(out));
  }

  void read(final ImageReader in, final SavedLearner saved) {
    opened = in.getIntIn(1, Integer.MAX_VALUE, "experts opened");
    final int count = saved.expertCount();
    if (count < 1 || count > settings.cap()) {
      throw new MalformedImageException(count + " experts in a pool of " + settings.cap());
    }
    active = in.getIntIn(0, count - 1, "active expert");
    for (int e = 0; e < count; e++) {
      final int number = in.getIntIn(0, opened - 1, "number of an expert");
      final TameMember member =
          new TameMember(number, saved.member(e), saved.readExpert(e, saved.schema()), guard());
      member.read(in);
      members.add(member);
    }
    renumber();
  }
}
