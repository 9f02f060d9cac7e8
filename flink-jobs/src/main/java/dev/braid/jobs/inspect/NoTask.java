package dev.braid.jobs.inspect;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.JobInfoImpl;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/**
 * What Flink's reader of keyed state asks of the task that it runs in, for a reader that runs in
 * none: so there is no cluster to start, and none that listens. Of the interface's thirty methods
 * the reader calls those below; any other fails by its name.
 */
final class NoTask implements InvocationHandler {
  private static final String NAME = "inspect";

  private final JobInfo job = new JobInfoImpl(new JobID(), NAME);
  private final MetricGroup metrics = UnregisteredMetricsGroup.createOperatorMetricGroup();
  private final TaskInfo task;

  private NoTask(final int keyGroups) {
    this.task = new TaskInfoImpl(NAME, keyGroups, 0, 1, 0);
  }

  /**
   * @param keyGroups of the operator that is read
   */
  static RuntimeContext context(final int keyGroups) {
    return (RuntimeContext)
        Proxy.newProxyInstance(
            NoTask.class.getClassLoader(),
            new Class<?>[] {RuntimeContext.class},
            new NoTask(keyGroups));
  }

  @Override
  public Object invoke(final Object proxy, final Method method, final Object[] arguments) {
    return switch (method.getName()) {
      case "getJobInfo" -> job;
      case "getTaskInfo" -> task;
      case "getMetricGroup" -> metrics;
      case "getUserCodeClassLoader" -> NoTask.class.getClassLoader();
      case "getGlobalJobParameters" -> Map.of();
      case "isObjectReuseEnabled" -> false;
      case "createSerializer" ->
          ((TypeInformation<?>) arguments[0]).createSerializer(new SerializerConfigImpl());
      // The class loader outlives the reader.
      case "registerUserCodeClassLoaderReleaseHookIfAbsent" -> null;
      default -> throw new UnsupportedOperationException(method.getName());
    };
  }
}
