package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * A map names the experts of each task, which are its skills; an expert may serve several tasks,
 * and all that a task names weigh alike (SkillNet-NLG, Liao et al. 2022, section 3, whose skills
 * and tasks are set by hand). The task is the one among some inputs that is largest, the value of a
 * nominal feature where they are its indicators. With {@code top-p(0.9)} behind it, a row has its
 * task's experts and no other.
 *
 * @param first input of those that say the task
 * @param map experts of each task with points between them, tasks with hyphens between them
 */
public record SkillScore(int first, String map) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "skills",
          "A map names the experts of each task, the largest of some inputs.",
          List.of(
              new Option("first", "0", "Index of the first of the inputs that say the task."),
              new Option(
                  "map",
                  "0.1-1.2-0.2",
                  "Indices of each task's experts with points between them, tasks with hyphens"
                      + " between them, as many as there are inputs that say the task.")),
          options -> {
            final String map = options.text("map").strip();
            if (!map.matches("\\d{1,4}(\\.\\d{1,4})*(-\\d{1,4}(\\.\\d{1,4})*)+")) {
              throw options.bad("map", "two tasks or more such as 0.1-1.2");
            }
            return new SkillScore(options.integer("first", 0, 1 << 24), map);
          });

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  private int tasks() {
    int tasks = 1;
    for (int i = 0; i < map.length(); i++) {
      tasks += map.charAt(i) == '-' ? 1 : 0;
    }
    return tasks;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final int tasks = tasks();
    Arrays.fill(score, 0, step.rows() * columns, 0);
    for (int r = 0; r < step.rows(); r++) {
      int left = Buckets.largest(step, work.inputs(), r, first, tasks);
      int i = 0;
      for (; left > 0; i++) {
        left -= map.charAt(i) == '-' ? 1 : 0;
      }
      int skill = 0;
      for (; i <= map.length(); i++) {
        final char c = i == map.length() ? '-' : map.charAt(i);
        if (c >= '0' && c <= '9') {
          skill = 10 * skill + c - '0';
          continue;
        }
        score[r * columns + skill % columns] = Fixed.NAMED;
        skill = 0;
        if (c == '-') {
          break;
        }
      }
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    Fixed.noGradient(inputGradient, step.labelled() * work.inputs());
  }

  @Override
  public String text() {
    return "skills(" + first + "," + map + ")";
  }
}
