package dev.braid.jobs.serve;

import dev.braid.jobs.operator.FixedModel;
import dev.braid.jobs.publish.PublishedModel;
import dev.braid.router.LearnerImage;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.SavedParts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models as they are now. One learner serves one thread at a time: each model keeps as many
 * copies as were asked for at once. All models together keep no more of them than fit the bound;
 * those used longest ago go first, and come back from their chunks, which stay.
 *
 * <p>A newer model takes the place of an older one in one step, with as many copies made before as
 * that had, if it was in use: whoever asks meanwhile gets the one or the other and waits for
 * neither. They are made at a pace that leaves the processor to those who ask.
 */
final class ServedModels {
  private static final Logger LOG = LoggerFactory.getLogger(ServedModels.class);

  /** A model that nobody asked for so long is restored when somebody does, not before. */
  private static final long IN_USE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A prediction that took longer may keep others waiting. */
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Map<String, Served> models = new ConcurrentSkipListMap<>();
  private final Map<Served, Boolean> live = new ConcurrentHashMap<>();
  private final long mostBytes;
  private final Pace pace = new Pace();
  private final AtomicLong liveBytes = new AtomicLong();
  private final AtomicLong chunkBytes = new AtomicLong();
  private final AtomicLong restores = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();

  /**
   * @param mostBytes of learners on the heap, beside their chunks
   */
  ServedModels(final long mostBytes) {
    this.mostBytes = mostBytes;
  }

  private record Copy(FixedModel model, long bytes) {}

  private static final class Served {
    final PublishedModel model;
    final Queue<Copy> idle = new ConcurrentLinkedQueue<>();

    /** Idle ones and those that are at work. */
    final AtomicInteger copies = new AtomicInteger();

    /** When something was asked last, in {@link System#nanoTime}; 0 for never. */
    volatile long used;

    /** How long it took to answer last. */
    volatile long tookNanos = Long.MAX_VALUE;

    volatile boolean replaced;

    Served(final PublishedModel model) {
      this.model = model;
    }
  }

  /** A model is another now, or gone where it is null. Called by one thread. */
  void accept(final String key, final PublishedModel model) {
    final Served old = models.get(key);
    if (model == null) {
      models.remove(key);
    } else {
      final Served fresh = new Served(model);
      try {
        if (old != null && old.used != 0 && System.nanoTime() - old.used < IN_USE_NANOS) {
          pace.begin();
          fresh.used = old.used;
          fresh.tookNanos = old.tookNanos;
          for (int i = old.copies.get(); i > 0; i--) {
            keep(fresh, restored(fresh, pace.over(model.chunks())));
          }
        }
      } catch (final MalformedImageException unreadable) {
        damaged.incrementAndGet();
        LOG.error("Model '{}' stays as it was: {}", key, unreadable.getMessage());
        release(fresh);
        return;
      }
      models.put(key, fresh);
      chunkBytes.addAndGet(model.bytes());
    }
    if (old != null) {
      chunkBytes.addAndGet(-old.model.bytes());
      release(old);
    }
    shrink();
  }

  private void release(final Served gone) {
    gone.replaced = true;
    drop(gone);
  }

  private void drop(final Served of) {
    live.remove(of);
    for (Copy copy = of.idle.poll(); copy != null; copy = of.idle.poll()) {
      of.copies.decrementAndGet();
      liveBytes.addAndGet(-copy.bytes());
    }
  }

  private Copy restored(final Served served, final SavedParts chunks) {
    restores.incrementAndGet();
    final FixedModel model =
        new FixedModel(LearnerImage.read(chunks), served.model.table().version());
    final Copy copy = new Copy(model, model.sizeBytes());
    served.copies.incrementAndGet();
    liveBytes.addAndGet(copy.bytes());
    return copy;
  }

  private void keep(final Served served, final Copy copy) {
    served.idle.add(copy);
    live.put(served, true);
    if (served.replaced) {
      drop(served);
    }
  }

  /**
   * Asks something of the model of a key.
   *
   * @return what it answers, or null if there is no such model
   * @throws MalformedImageException if the model cannot be restored
   */
  <T> T ask(final String key, final Function<FixedModel, T> question) {
    final Served served = models.get(key);
    if (served == null) {
      return null;
    }
    final Copy idle = served.idle.poll();
    return ask(served, idle == null ? restored(served, served.model.chunks()) : idle, question);
  }

  /**
   * Asks the same if a learner of the model is ready and was quick to answer the last time.
   *
   * @return what it answers, or null if it would take longer
   */
  <T> T askAtOnce(final String key, final Function<FixedModel, T> question) {
    final Served served = models.get(key);
    final Copy idle = served == null || served.tookNanos > QUICK_NANOS ? null : served.idle.poll();
    return idle == null ? null : ask(served, idle, question);
  }

  private <T> T ask(final Served served, final Copy copy, final Function<FixedModel, T> question) {
    final long begun = System.nanoTime();
    served.used = begun;
    try {
      return question.apply(copy.model());
    } finally {
      served.tookNanos = System.nanoTime() - begun;
      keep(served, copy);
      shrink();
    }
  }

  private void shrink() {
    if (liveBytes.get() <= mostBytes) {
      return;
    }
    synchronized (live) {
      final List<Served> oldestFirst = new ArrayList<>(live.keySet());
      oldestFirst.sort(Comparator.comparingLong(each -> each.used));
      for (final Served each : oldestFirst) {
        if (liveBytes.get() <= mostBytes) {
          return;
        }
        drop(each);
      }
    }
  }

  /** A model as it was published, or null. */
  PublishedModel published(final String key) {
    final Served served = models.get(key);
    return served == null ? null : served.model;
  }

  /** Models whose keys hold a text, by key, at most so many. */
  List<PublishedModel> find(final String text, final int most) {
    return models.entrySet().stream()
        .filter(each -> each.getKey().contains(text))
        .limit(most)
        .map(each -> each.getValue().model)
        .toList();
  }

  int count() {
    return models.size();
  }

  /** Bytes of the chunks of all models. */
  long chunkBytes() {
    return chunkBytes.get();
  }

  /** Bytes of the learners on the heap. */
  long liveBytes() {
    return liveBytes.get();
  }

  /** How often a learner was made of its chunks. */
  long restores() {
    return restores.get();
  }

  /** Published models that could not be read. */
  long damaged() {
    return damaged.get();
  }
}
