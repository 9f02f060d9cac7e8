package dev.braid.jobs.inspect;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeMap;

/** Adds up the models of a savepoint and keeps the largest of them; memory does not grow. */
final class Inspection {
  private static final Comparator<ModelSummary> BY_SIZE =
      Comparator.comparingLong(ModelSummary::bytes)
          .thenComparing(ModelSummary::key, Comparator.reverseOrder());

  private final int top;
  private final PriorityQueue<ModelSummary> largest = new PriorityQueue<>(BY_SIZE);
  private final TreeMap<String, Sum> presets = new TreeMap<>();
  private final Sum all = new Sum();
  private long unreadable;
  private ModelSummary firstUnreadable;

  private static final class Sum {
    private long models;
    private long bytes;
    private long heapBytes;
    private long entries;
    private long events;
    private long labelled;
    private long pendingEvents;
    private long pendingLabels;

    void add(final ModelSummary model) {
      models++;
      bytes += model.bytes();
      heapBytes += model.heapBytes();
      entries += model.entries();
      events += model.events();
      labelled += model.labelled();
      pendingEvents += model.pendingEvents();
      pendingLabels += model.pendingLabels();
    }

    Totals totals() {
      return new Totals(
          models, bytes, heapBytes, entries, events, labelled, pendingEvents, pendingLabels);
    }
  }

  /** Sums over models. */
  record Totals(
      long models,
      long bytes,
      long heapBytes,
      long entries,
      long events,
      long labelled,
      long pendingEvents,
      long pendingLabels) {}

  /** Sums over the models of one preset. */
  record PresetTotals(String preset, long models, long bytes) {}

  /**
   * What is shown.
   *
   * @param unreadable models that cannot be read
   * @param models the largest, largest first; those that cannot be read come last
   */
  record Result(
      Totals totals, List<PresetTotals> presets, long unreadable, List<ModelSummary> models) {

    /** Why the first of the models that cannot be read could not; null where all can. */
    @JsonIgnore
    ModelSummary firstUnreadable() {
      return models.stream().filter(model -> model.error() != null).findFirst().orElse(null);
    }
  }

  /**
   * @param top how many models are kept
   */
  Inspection(final int top) {
    this.top = top;
  }

  void add(final ModelSummary model) {
    if (model.error() != null) {
      unreadable++;
      firstUnreadable = firstUnreadable == null ? model : firstUnreadable;
      return;
    }
    all.add(model);
    presets
        .computeIfAbsent(model.preset() == null ? "untrained" : model.preset(), p -> new Sum())
        .add(model);
    largest.add(model);
    if (largest.size() > top) {
      largest.remove();
    }
  }

  Result result() {
    final List<ModelSummary> models = new ArrayList<>(largest);
    models.sort(BY_SIZE.reversed());
    if (firstUnreadable != null) {
      models.add(firstUnreadable);
    }
    final List<PresetTotals> byPreset = new ArrayList<>();
    presets.forEach((name, sum) -> byPreset.add(new PresetTotals(name, sum.models, sum.bytes)));
    return new Result(all.totals(), byPreset, unreadable, models);
  }
}
