package dev.braid.jobs.operator;

import dev.braid.router.LearnerSpec;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.keyed.WorkingSet;
import java.util.List;

/**
 * A live model whose keyed state is an image of it and a journal of what it met since, so that the
 * state is right after every record. A learner is deterministic: the image and the journal done
 * again are the model, to the last bit.
 *
 * <p>Layout of the image ({@link ImageKind#JOURNALED_MODEL}): the two positions below, then the
 * session.
 */
final class JournaledModel implements WorkingSet.Model {
  private static final Outputs NOWHERE = new NoOutputs();

  final ModelSession session;

  /** Names of the features in the journal's last opening; null before there is one. */
  String[] names;

  /** Entries in the journal. */
  long journal;

  /** Pieces that the image lies in. */
  int pieces;

  /** Position of the first that may still wait, and of the next to wait. */
  long firstWaiting;

  long nextWaiting;

  /** Before this time nothing stops to wait; found out where it is not known. */
  long nextExpiry;

  JournaledModel(final ModelSession session) {
    this.session = session;
  }

  /** Does again what an entry says. */
  void redo(final JournalEntry entry) {
    journal++;
    try {
      if (entry instanceof JournalEntry.Opening opening) {
        names = opening.names();
      } else if (entry instanceof JournalEntry.Processed processed) {
        session.refusal(processed.event(), processed.label());
        session.process(processed.event(), processed.label(), NOWHERE);
        session.learnTypes(processed.event(), session.state().events, NOWHERE);
        count(processed);
      } else if (entry instanceof JournalEntry.Late late) {
        session.learnLate(late.event(), late.label(), late.timestamp(), NOWHERE);
        learnedLate(late.timestamp());
      } else {
        count((JournalEntry.Counted) entry);
      }
    } catch (final LearnerFailure impossible) {
      throw new IllegalStateException("the model cannot do again what it did", impossible);
    }
  }

  void learnedLate(final long time) {
    session.state().pendingEvents--;
    used(time);
  }

  private void used(final long time) {
    session.state().lastUsed = Math.max(session.state().lastUsed, time);
  }

  void count(final JournalEntry.Processed processed) {
    used(processed.event().timestamp());
    if (processed.waits()) {
      session.state().pendingEvents++;
      nextWaiting++;
    }
  }

  void count(final JournalEntry.Counted counted) {
    final SessionState state = session.state();
    firstWaiting = counted.first();
    state.pendingEvents += counted.events();
    state.expiredEvents += counted.expiredEvents();
    state.pendingLabels += counted.labels();
    state.expiredLabels += counted.expiredLabels();
    nextWaiting += Math.max(0, counted.labels());
  }

  /** An image of the model as it is now. */
  byte[] image(final ImageWriter out) throws Exception {
    out.reset().begin(ImageKind.JOURNALED_MODEL).putLong(firstWaiting).putLong(nextWaiting);
    session.state().save(session.parts(), null, Integer.MAX_VALUE, out);
    return out.toByteArray();
  }

  /** What {@link #image} wrote, with the learner still to be made. */
  record Saved(long firstWaiting, long nextWaiting, SessionState session) {

    static Saved read(final ImageReader in) {
      in.begin(ImageKind.JOURNALED_MODEL);
      final long first = in.getLongIn(0, Long.MAX_VALUE, "a position");
      final long next = in.getLongIn(first, Long.MAX_VALUE, "a position");
      return new Saved(first, next, SessionState.read(in));
    }
  }

  @Override
  public long sizeBytes() {
    return session.sizeBytes();
  }

  /** Whether the journal goes on with these features. */
  boolean goesOn(final List<String> features) {
    return names != null && features.equals(List.of(names));
  }

  /** What opens a journal. */
  static JournalEntry.Opening opening(final LearnerSpec learner, final List<String> features) {
    return new JournalEntry.Opening(learner, features.toArray(String[]::new));
  }
}
