package dev.braid.jobs.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real cluster with one task manager, for all tests of one class. */
final class SqlCluster implements BeforeAllCallback, AfterAllCallback {
  private Path folder;
  private MiniCluster flink;

  @Override
  public void beforeAll(final ExtensionContext context) throws Exception {
    folder = Files.createTempDirectory("braid-sql");
    final Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CoreOptions.TMP_DIRS, folder.toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
    flink =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .build());
    flink.start();
  }

  /** An environment whose jobs run here. */
  StreamExecutionEnvironment environment() {
    return new TestStreamEnvironment(flink, 1);
  }

  @Override
  public void afterAll(final ExtensionContext context) throws IOException {
    flink.closeAsync().join();
    FileUtils.deleteDirectory(folder.toFile());
  }
}
