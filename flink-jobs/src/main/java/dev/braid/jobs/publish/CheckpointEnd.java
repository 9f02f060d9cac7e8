package dev.braid.jobs.publish;

import dev.braid.connectors.ModelRecord;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * The marker behind all that one subtask published at a checkpoint ({@link
 * ImageKind#PUBLISHED_END}).
 *
 * @param time when, in milliseconds since the epoch
 * @param subtask from 0 on
 * @param subtasks that publish at this checkpoint: it is whole once each of them has said so
 */
public record CheckpointEnd(Moment moment, long time, int subtask, int subtasks) {

  /**
   * The record for the topic. Layout of its value ({@code PEND}, version 1): run and checkpoint,
   * time, subtask, subtasks.
   */
  public ModelRecord record() {
    final ImageWriter out = new ImageWriter(64).begin(ImageKind.PUBLISHED_END);
    moment.write(out);
    return new ModelRecord(
        new ModelKey("", ModelKey.CHECKPOINT, subtask, 0).text(),
        out.putLong(time).putInt(subtask).putInt(subtasks).toByteArray());
  }

  /**
   * Reads a record's value.
   *
   * @throws dev.braid.state.image.MalformedImageException if it is none
   */
  public static CheckpointEnd read(final byte[] value) {
    final ImageReader in = new ImageReader(value);
    in.begin(ImageKind.PUBLISHED_END);
    final Moment moment = Moment.read(in);
    final long time = in.getLong();
    final int subtask = in.getIntIn(0, Short.MAX_VALUE, "a subtask");
    final int subtasks = in.getIntIn(subtask + 1, 1 << 16, "the number of subtasks");
    in.end();
    return new CheckpointEnd(moment, time, subtask, subtasks);
  }
}
