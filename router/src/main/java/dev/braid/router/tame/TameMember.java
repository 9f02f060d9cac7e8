package dev.braid.router.tame;

import dev.braid.experts.Expert;
import dev.braid.router.Member;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/** An expert of {@link TamePool} with what is known of its losses and its use. */
final class TameMember {
  final int number;
  final Member member;
  final Expert expert;
  final LossGuard guard;

  /** Events it learned. */
  long learned;

  /** Events that the learner had learned when this expert last did. */
  long lastLearned;

  TameMember(final int number, final Member member, final Expert expert, final LossGuard guard) {
    this.number = number;
    this.member = member;
    this.expert = expert;
    this.guard = guard;
  }

  String name() {
    return member.name();
  }

  /** What would be lost without it: it learned much, and its last event is no old story. */
  double worth(final long now) {
    return (double) learned * lastLearned / now;
  }

  void write(final ImageWriter out) {
    out.putInt(number).putLong(learned).putLong(lastLearned);
    guard.write(out);
  }

  /** After the number, which the pool has read. */
  void read(final ImageReader in) {
    learned = in.getLong();
    lastLearned = in.getLong();
    guard.read(in);
  }
}
