package dev.braid.benchmarks.report;

import dev.braid.benchmarks.harness.CellResult;
import dev.braid.benchmarks.report.Study.Subject;
import dev.braid.experts.moe.combine.Combines;
import dev.braid.experts.moe.gate.Gates;
import dev.braid.experts.moe.kind.Kinds;
import dev.braid.experts.moe.life.Lives;
import dev.braid.experts.moe.rest.Codecs;
import dev.braid.spec.Entry;
import dev.braid.spec.Registry;
import dev.braid.spec.Term;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The pages of the zoo, in Markdown: one for each family of parts of a layer, with all of its words
 * and the study's lines about them, and a table of the families.
 */
public final class ZooPage {
  private static final List<String> VERDICTS = List.of("pays", "costs", "no difference", "mixed");

  private final StringBuilder out = new StringBuilder();
  private final Study study;
  private final ResultTable table;

  private ZooPage(final Study study, final Collection<CellResult> results) {
    this.study = study;
    table = new ResultTable(results);
  }

  /**
   * Parts of a layer of one sort.
   *
   * @param file name of its page
   * @param option of a layer that has its words
   * @param what they do, as the rest of a sentence
   */
  private record Family(
      String title, String file, String option, String what, Registry<? extends Entry> registry) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family("Scores", "scores.md", "gate", "rate the experts for an event", Gates.SCORES),
          new Family(
              "Assignments",
              "assignments.md",
              "gate",
              "say by the scores who computes an event, with which weight",
              Gates.ASSIGNS),
          new Family(
              "Penalties",
              "penalties.md",
              "gate",
              "are further losses of the gate",
              Gates.PENALTIES),
          new Family("Kinds of expert", "kinds.md", "expert", "are what an expert is", Kinds.ALL),
          new Family(
              "Combining", "combining.md", "combine", "make one answer of several", Combines.ALL),
          new Family(
              "Lives",
              "lives.md",
              "life",
              "are what happens to experts beside their learning",
              Lives.ALL),
          new Family(
              "Weights at rest",
              "rest.md",
              "rest",
              "are the forms of an expert that does not learn",
              Codecs.ALL));

  /**
   * The page of each family by its file's name.
   *
   * @param results of one length and label delay; none where the study did not run
   */
  public static Map<String, String> pages(final Study study, final Collection<CellResult> results) {
    final Map<String, String> pages = new LinkedHashMap<>();
    for (final Family family : FAMILIES) {
      pages.put(family.file(), new ZooPage(study, results).page(family));
    }
    return pages;
  }

  /**
   * A table with a line for each family and a link to its page, and the study's lines that pay and
   * those that cost.
   *
   * @param folder of the pages
   */
  public static String families(
      final Study study, final Collection<CellResult> results, final String folder) {
    return new ZooPage(study, results).families(folder);
  }

  private String families(final String folder) {
    out.append("| family | words | lines in the study |");
    VERDICTS.forEach(verdict -> out.append(' ').append(verdict).append(" |"));
    out.append("\n|---|--:|--:|").append("--:|".repeat(VERDICTS.size())).append('\n');
    for (final Family family : FAMILIES) {
      final Set<Subject> lines = lines(family);
      out.append("| [").append(family.title()).append("](").append(folder).append('/');
      out.append(family.file()).append(") ").append(family.what());
      out.append(" | ").append(family.registry().names().size());
      out.append(" | ").append(lines.size());
      for (final String verdict : VERDICTS) {
        out.append(" | ").append(count(lines, verdict));
      }
      out.append(" |\n");
    }
    ranked("pays", "What pays, most first", Comparator.reverseOrder());
    ranked("costs", "What costs, most first", Comparator.naturalOrder());
    return out.toString();
  }

  /** Lines of a verdict by how much; no heading where there are none. */
  private void ranked(final String verdict, final String title, final Comparator<Double> byPoints) {
    final List<Subject> lines =
        study.subjects().stream()
            .filter(line -> Seen.verdict(table, line).filter(verdict::equals).isPresent())
            .sorted(Comparator.comparing(line -> Seen.points(table, line).orElse(0), byPoints))
            .toList();
    if (lines.isEmpty()) {
      return;
    }
    out.append("\n### ").append(title).append("\n\n");
    out.append("| learner | stands for | seen |\n|---|---|---|\n");
    for (final Subject line : lines) {
      out.append("| `").append(line.learner()).append("` | ").append(line.stands());
      out.append(" | ").append(Seen.ofLine(table, study, line)).append(" |\n");
    }
  }

  private String count(final Set<Subject> lines, final String verdict) {
    final List<String> verdicts =
        lines.stream().flatMap(line -> Seen.verdict(table, line).stream()).toList();
    return verdicts.isEmpty()
        ? "-"
        : Long.toString(verdicts.stream().filter(verdict::equals).count());
  }

  private String page(final Family family) {
    out.append("# ").append(family.title()).append("\n\n");
    out.append("They ")
        .append(family.what())
        .append(". Part of [the zoo](../zoo.md), which says how ");
    out.append(
        "it is measured; options are in [configuration.md](../configuration.md#dense-layers).\n\n");
    out.append("| word | what it is |\n|---|---|\n");
    for (final Entry word : family.registry().entries()) {
      out.append("| `")
          .append(word.name())
          .append("` | ")
          .append(word.description())
          .append(" |\n");
    }
    out.append("\n## In the study\n\n").append(Seen.RULE).append('\n');
    out.append("| learner | stands for | claim | accuracy | seen |\n|---|---|---|--:|---|\n");
    lines(family).forEach(this::line);
    return out.toString();
  }

  private void line(final Subject subject) {
    out.append("| `").append(subject.learner()).append("` | ").append(subject.stands());
    out.append(" | ").append(subject.claim()).append(" | ");
    out.append(
        Text.percent(
            table.streams().stream()
                .mapToDouble(
                    stream -> table.mean(stream, subject.learner(), r -> r.scores().accuracy()))
                .average()
                .orElse(Double.NaN)));
    out.append(" | ").append(Seen.ofLine(table, study, subject)).append(" |\n");
  }

  /** Lines that are about one of a family's words. */
  private Set<Subject> lines(final Family family) {
    final Set<Subject> lines = new LinkedHashSet<>();
    for (final String word : family.registry().names()) {
      lines.addAll(about(family.option(), word));
    }
    return lines;
  }

  /** Lines that name a word which no control names; of others the controls alone. */
  private List<Subject> about(final String option, final String word) {
    final List<Subject> lines =
        study.subjects().stream()
            .filter(subject -> names(value(subject.learner(), option), word))
            .toList();
    final List<Subject> controls = lines.stream().filter(Subject::isControl).toList();
    return controls.isEmpty() ? lines : controls;
  }

  /** An option of a learner with its name, or nothing where it is not given. */
  private static String value(final String learner, final String option) {
    final int open = learner.indexOf('(');
    if (open < 0) {
      return "";
    }
    final String options = learner.substring(open + 1, learner.lastIndexOf(')'));
    return Term.split(options, ',').stream()
        .filter(given -> given.startsWith(option + "="))
        .findFirst()
        .orElse("");
  }

  /** Whether a learner's text has a word as one of its parts. */
  public static boolean names(final String learner, final String word) {
    return Pattern.compile("[=/+(]" + word + "(?![a-z0-9=-])").matcher(learner).find();
  }
}
