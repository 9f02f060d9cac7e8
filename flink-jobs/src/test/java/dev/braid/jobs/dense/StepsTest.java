package dev.braid.jobs.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What steps use is given back behind the last of them, never under one. */
class StepsTest {
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final CountDownLatch go = new CountDownLatch(1);

  private CompletableFuture<Long> slow;

  private Steps withASlowStep(final Duration patience) {
    final Steps steps = Steps.beside("steps", Runnable::run, patience);
    slow =
        steps.begin(
            () -> {
              go.await();
              done.add("step");
              return 0L;
            },
            () -> {});
    return steps;
  }

  @Test
  void whatAStepUsesIsGivenBackBehindIt() {
    final Steps steps = withASlowStep(Steps.PATIENCE);
    new Thread(go::countDown).start();
    assertTrue(steps.end(() -> done.add("release")));
    assertEquals(List.of("step", "release"), done);
    assertTrue(slow.isDone());
  }

  @Test
  void anInterruptDoesNotTakeWhatAStepUsesAway() throws Exception {
    final Steps steps = withASlowStep(Steps.PATIENCE);
    final Thread closing =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              steps.end(() -> done.add("release"));
              done.add("still interrupted: " + Thread.currentThread().isInterrupted());
            });
    closing.start();
    closing.join(100);
    assertTrue(closing.isAlive());
    assertEquals(List.of(), done);
    go.countDown();
    closing.join();
    assertEquals(List.of("step", "release", "still interrupted: true"), done);
  }

  @Test
  void aStepThatOutlastsThePatienceKeepsWhatItUsesUntilItEnds() throws Exception {
    final Steps steps = withASlowStep(Duration.ofMillis(20));
    final CountDownLatch released = new CountDownLatch(1);
    assertFalse(
        steps.end(
            () -> {
              done.add("release");
              released.countDown();
            }));
    assertEquals(List.of(), done);
    go.countDown();
    released.await();
    assertEquals(List.of("step", "release"), done);
  }

  @Test
  void aReleaseThatFailsIsTold() {
    final IllegalStateException failed = new IllegalStateException("in use");
    final Steps steps = Steps.beside("steps", Runnable::run);
    assertSame(
        failed,
        assertThrows(
            IllegalStateException.class,
            () ->
                steps.end(
                    () -> {
                      throw failed;
                    })));
  }

  @Test
  void stepsOfTheCallerAreOverWhenItEndsThem() {
    assertTrue(Steps.here().end(() -> done.add("release")));
    assertEquals(List.of("release"), done);
  }
}
