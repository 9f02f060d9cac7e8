package dev.braid.jobs.inspect;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes an inspection for a terminal. */
final class InspectionText {
  /** Names beyond are counted, not listed. */
  private static final int MOST_NAMES = 12;

  private final StringBuilder out = new StringBuilder();

  private InspectionText() {}

  static String of(final Inspection.Result result) {
    final InspectionText text = new InspectionText();
    text.totals(result);
    result.models().forEach(text::model);
    return text.out.toString();
  }

  private void totals(final Inspection.Result result) {
    final Inspection.Totals totals = result.totals();
    line("models          %,d", totals.models());
    line("bytes           %,d in %,d entries", totals.bytes(), totals.entries());
    line("bytes on heap   %,d if all were loaded", totals.heapBytes());
    line("events          %,d predicted, %,d learned from", totals.events(), totals.labelled());
    line("pending         %,d events, %,d labels", totals.pendingEvents(), totals.pendingLabels());
    for (final Inspection.PresetTotals preset : result.presets()) {
      line("preset %s: %,d models, %,d bytes", preset.preset(), preset.models(), preset.bytes());
    }
    if (result.unreadable() > 0) {
      line("unreadable      %,d models", result.unreadable());
    }
  }

  private void model(final ModelSummary model) {
    line("");
    if (model.error() != null) {
      line("model '%s': cannot be read: %s", model.key(), model.error());
      return;
    }
    line(
        "model '%s': %s, seed %d, %,d bytes in %,d entries",
        model.key(),
        model.preset() == null ? "no event yet" : model.preset(),
        model.seed(),
        model.bytes(),
        model.entries());
    if (model.shards() > 0) {
      line("  shards    %d", model.shards());
    }
    if (!model.options().isEmpty()) {
      line("  options   %s", new TreeMap<>(model.options()));
    }
    line(
        "  events    %,d predicted, %,d learned from, %,d pending",
        model.events(), model.labelled(), model.pendingEvents());
    final ModelSummary.NumberFigures numbers = model.numbers();
    if (numbers != null) {
      line(
          "  errors    MAE %.5g, RMSE %.5g, R2 %.4f, %.1f %% within the interval; %d drift alarms",
          numbers.mae(), numbers.rmse(), numbers.r2(), 100 * numbers.coverage(), model.drifts());
    } else {
      line(
          "  accuracy  %.4f, recently %.4f; %d drift alarms",
          model.accuracy(), model.recentAccuracy(), model.drifts());
    }
    line("  features  %d: %s", model.features().size(), names(model.features()));
    if (!model.classes().isEmpty()) {
      line("  classes   %d: %s", model.classes().size(), names(model.classes()));
    }
    if (model.isYoung()) {
      line("  young     saved as the events that it learned, of which its experts are made again");
    }
    if (!model.router().isEmpty()) {
      line(
          "  router    %s, %,d bytes",
          model.router().stream().map(String::valueOf).collect(Collectors.joining("-")),
          model.routerBytes());
    }
    if (!model.experts().isEmpty()) {
      line("  %-8s %-24s %12s %8s %8s %8s", "expert", "kind", "bytes", "splits", "prunes", "swaps");
    }
    for (final ModelSummary.ExpertSummary expert : model.experts()) {
      line(
          "  %-8s %-24s %,12d %,8d %,8d %,8d",
          expert.name(),
          expert.kind(),
          expert.bytes(),
          expert.splits(),
          expert.prunes(),
          expert.swaps());
    }
  }

  private static String names(final List<String> names) {
    final String first = names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "));
    return names.size() <= MOST_NAMES ? first : first + ", ...";
  }

  private void line(final String format, final Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
