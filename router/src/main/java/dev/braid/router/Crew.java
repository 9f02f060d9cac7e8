package dev.braid.router;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Lets the experts of a pool work: on the caller's thread, or on several threads, each of which has
 * some of the experts. Experts know nothing of each other, so that it is all the same to them.
 *
 * <p>A thread that waits spins for a while before it sleeps: an event is handed over many thousand
 * times a second. The caller has a share of the experts itself. Learning goes on behind its back
 * until anything of the experts is asked for again.
 *
 * <p>Who works on which expert is decided by counted operations, and again each time that twice as
 * many events were learned; it changes no bit.
 */
public final class Crew implements AutoCloseable {
  /** Rounds of waiting before a thread sleeps; some ten microseconds. */
  private static final int SPINS = 2_000;

  /** Rounds before a thread that spins lets others have its core now and then. */
  private static final int PATIENT_SPINS = 500;

  private static final int FIRST_PLACING = 128;

  /**
   * Operations of what the caller does by itself that take the time of one of an expert: rows of
   * products there, ways through memory here. Measured: 14,000 beside trees of 200 each.
   */
  private static final int CHEAPER = 10;

  private final Pool pool;
  private final LongSupplier alone;
  private Hand[] hands;
  private int[][] places;
  private long learned;
  private long nextPlacing = FIRST_PLACING;

  // The event at work; written before it is handed over.
  private double[] x = new double[0];
  private double[] own;
  private double target;
  private double weight;

  /** What is to be done with the event. */
  private enum Work {
    ASK,
    LEARN,
    GO
  }

  /**
   * @param threads 1 or more, the caller's among them
   * @param alone operations of what the caller does with each event by itself
   */
  public Crew(final Pool pool, final int threads, final LongSupplier alone) {
    if (threads < 1) {
      throw new IllegalArgumentException("a learner needs a thread, and " + threads + " are given");
    }
    this.pool = pool;
    this.alone = alone;
    hands = new Hand[Math.min(threads, Math.max(1, pool.size())) - 1];
    place();
    for (int h = 0; h < hands.length; h++) {
      hands[h] = new Hand(h + 1);
      hands[h].thread.start();
    }
  }

  private void place() {
    if (hands.length == 0) {
      places = Placement.whole(pool.size());
      return;
    }
    final long[] cost = new long[pool.size()];
    for (int e = 0; e < cost.length; e++) {
      cost[e] = pool.expert(e).operations();
    }
    places = Placement.of(pool.members(), cost, alone.getAsLong() / CHEAPER, hands.length + 1);
  }

  /** Asks all experts. */
  public void ask(final double[] event) {
    await();
    if (hands.length == 0) {
      x = event;
      own = pool.inside(x);
      pool.ask(places[0], x, own);
      return;
    }
    if (learned >= nextPlacing) {
      nextPlacing = 2 * learned;
      place();
    }
    if (x.length != event.length) {
      x = new double[event.length];
    }
    System.arraycopy(event, 0, x, 0, x.length);
    own = pool.inside(x);
    order(Work.ASK);
    pool.ask(places[0], x, own);
    await();
  }

  /**
   * Begins to let the experts learn the event that they were asked about last; {@link #learned} is
   * to follow, and between the two the caller may do what touches no expert.
   */
  public void learn(final double label, final double times) {
    learned++;
    target = label;
    weight = times;
    order(Work.LEARN);
  }

  /** The caller's share of what {@link #learn} began. */
  public void learned() {
    pool.learn(places[0], x, own, target, weight);
  }

  private void order(final Work work) {
    for (final Hand hand : hands) {
      hand.order(work);
    }
  }

  /** Waits until all that was begun is done; the experts may be touched then. */
  public void await() {
    for (final Hand hand : hands) {
      hand.await();
    }
  }

  /** Ends the threads; experts go on with the caller's alone. */
  @Override
  public void close() {
    await();
    order(Work.GO);
    await();
    hands = new Hand[0];
    place();
  }

  /** One more thread. */
  private final class Hand implements Runnable {
    private final int number;
    private final Thread thread;
    private long orders;
    private volatile long ordered;
    private volatile long done;
    private volatile boolean sleeps;
    private Work work;
    private RuntimeException failure;

    Hand(final int number) {
      this.number = number;
      thread = new Thread(this, "braid-experts-" + number);
      thread.setDaemon(true);
    }

    void order(final Work what) {
      work = what;
      ordered = ++orders;
      if (sleeps) {
        LockSupport.unpark(thread);
      }
    }

    void await() {
      for (int round = 0; done != ordered; round++) {
        pause(round);
      }
      if (failure != null) {
        final RuntimeException thrown = failure;
        failure = null;
        throw thrown;
      }
    }

    @Override
    public void run() {
      while (true) {
        final long next = done + 1;
        for (int round = 0; ordered < next; round++) {
          if (round < SPINS) {
            pause(round);
          } else {
            sleeps = true;
            if (ordered < next) {
              LockSupport.park(this);
            }
            sleeps = false;
          }
        }
        final Work what = work;
        if (what == Work.GO) {
          done = next;
          return;
        }
        try {
          if (what == Work.ASK) {
            pool.ask(places[number], x, own);
          } else {
            pool.learn(places[number], x, own, target, weight);
          }
        } catch (final RuntimeException thrown) {
          failure = thrown;
        }
        done = next;
      }
    }

    // It relies on nothing: who spins gives way to whoever has the work that it waits for.
    @SuppressWarnings("ThreadPriorityCheck")
    private static void pause(final int round) {
      if (round > PATIENT_SPINS && (round & 63) == 0) {
        Thread.yield();
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
