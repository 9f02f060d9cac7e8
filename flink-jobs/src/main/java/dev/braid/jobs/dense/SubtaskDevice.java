package dev.braid.jobs.dense;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Which device a subtask is to use, where Flink's external resources hand devices out. */
final class SubtaskDevice {
  /** Property under which Flink's GPU driver gives a device's number. */
  private static final String INDEX = "index";

  private SubtaskDevice() {}

  /**
   * The device among those of this task manager; subtasks take turns. Empty where the cluster hands
   * out none under that name: nothing is asked for then, the first one is used if it is there.
   *
   * @param resource the external resource's name, or empty for not to look
   */
  static OptionalInt of(final RuntimeContext context, final String resource) {
    return resource.isEmpty()
        ? OptionalInt.empty()
        : of(
            context.getExternalResourceInfos(resource),
            context.getTaskInfo().getIndexOfThisSubtask());
  }

  /** The device of a subtask among those handed out. */
  static OptionalInt of(
      final Collection<? extends ExternalResourceInfo> handedOut, final int subtask) {
    final List<Integer> devices =
        handedOut.stream().map(SubtaskDevice::number).flatMap(Optional::stream).sorted().toList();
    return devices.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(devices.get(subtask % devices.size()));
  }

  private static Optional<Integer> number(final ExternalResourceInfo info) {
    return info.getProperty(INDEX).filter(text -> text.matches("[0-9]{1,6}")).map(Integer::valueOf);
  }
}
