package dev.braid.jobs.inspect;

import dev.braid.jobs.cli.UsageException;
import dev.braid.jobs.topology.BraidTopology;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Consumer;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.state.api.input.KeyedStateInputFormat;
import org.apache.flink.state.api.input.splits.KeyGroupRangeInputSplit;
import org.apache.flink.state.api.runtime.OperatorIDGenerator;
import org.apache.flink.state.api.runtime.SavepointLoader;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.util.FileUtils;

/** A savepoint or retained checkpoint of a Braid job, where it lies. */
final class Savepoint {
  private static final String METADATA = "_metadata";

  private final String place;
  private final OperatorState learner;

  private Savepoint(final String place, final OperatorState learner) {
    this.place = place;
    this.learner = learner;
  }

  /**
   * Looks whether a folder is what it should be; reads no model yet.
   *
   * @param place a folder, or a URI that Flink can read
   * @throws UsageException if it is no savepoint, or none of a Braid job
   */
  static Savepoint at(final String place) {
    final Path folder = path(place);
    if (!exists(new Path(folder, METADATA), place)) {
      throw new UsageException(
          "--savepoint: '"
              + place
              + "' is not a savepoint: it has no file "
              + METADATA
              + inside(folder));
    }
    final CheckpointMetadata metadata;
    try {
      metadata = SavepointLoader.loadSavepointMetadata(folder.toString());
    } catch (final IOException | RuntimeException | OutOfMemoryError unreadable) {
      throw new IllegalStateException(
          "The file "
              + METADATA
              + " of '"
              + place
              + "' cannot be read: it is damaged, or a newer Flink wrote it",
          unreadable);
    }
    final OperatorID learner = OperatorIDGenerator.fromUid(BraidTopology.LEARNER);
    for (final OperatorState state : metadata.getOperatorStates()) {
      if (state.getOperatorID().equals(learner)) {
        return new Savepoint(place, state);
      }
    }
    throw new UsageException(
        "--savepoint: '"
            + place
            + "' is a savepoint without models of Braid: none of its operators has the uid '"
            + BraidTopology.LEARNER
            + "'");
  }

  private static Path path(final String place) {
    try {
      final URI uri = URI.create(place);
      if (uri.getScheme() != null) {
        return new Path(uri);
      }
    } catch (final IllegalArgumentException notAUri) {
      // A folder then.
    }
    return new Path(java.nio.file.Path.of(place).toAbsolutePath().normalize().toUri());
  }

  private static boolean exists(final Path file, final String place) {
    try {
      return file.getFileSystem().exists(file);
    } catch (final IOException unreachable) {
      throw new UsageException(
          "--savepoint: '" + place + "' cannot be reached: " + unreachable.getMessage());
    }
  }

  /** Where a job's folder was named, the newest checkpoint in it. */
  private static String inside(final Path folder) {
    try {
      final FileSystem files = folder.getFileSystem();
      final FileStatus[] found =
          files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
      return Arrays.stream(found)
          .filter(FileStatus::isDir)
          .filter(status -> exists(new Path(status.getPath(), METADATA), folder.toString()))
          .max(Comparator.comparingLong(FileStatus::getModificationTime))
          .map(status -> "; did you mean '" + status.getPath().getPath() + "'?")
          .orElse("");
    } catch (final IOException unlistable) {
      return "";
    }
  }

  /**
   * Reads all models, or the one of a key, in no order.
   *
   * @param reader of what is wanted of a model
   * @param onlyKey the key, or null
   * @throws IllegalStateException in one sentence, if a file of it cannot be read
   */
  <T> void read(
      final KeyedStateReaderFunction<String, T> reader,
      final String onlyKey,
      final Consumer<T> sink)
      throws Exception {
    final java.nio.file.Path temporary = Files.createTempDirectory("braid-inspect");
    try {
      final KeyedStateInputFormat<String, VoidNamespace, T> models =
          new KeyedStateInputFormat<>(
              learner,
              new EmbeddedRocksDBStateBackend(),
              configuration(temporary),
              new ModelReaderOperator<>(reader, onlyKey),
              new ExecutionConfig());
      models.setRuntimeContext(NoTask.context(learner.getMaxParallelism()));
      models.openInputFormat();
      for (final KeyGroupRangeInputSplit split : models.createInputSplits(1)) {
        read(models, split, sink);
      }
    } catch (final IOException | RuntimeException | OutOfMemoryError unreadable) {
      // A damaged length may ask for more memory than there is.
      throw new IllegalStateException(
          "The savepoint '"
              + place
              + "' cannot be read: a file of it is missing or damaged. Copy it anew from where it"
              + " came from, or take an earlier one",
          unreadable);
    } finally {
      FileUtils.deleteDirectoryQuietly(temporary.toFile());
    }
  }

  private static Configuration configuration(final java.nio.file.Path temporary) {
    final Configuration configuration = new Configuration();
    configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
    return configuration;
  }

  private static <T> void read(
      final KeyedStateInputFormat<String, VoidNamespace, T> models,
      final KeyGroupRangeInputSplit split,
      final Consumer<T> sink)
      throws IOException {
    models.open(split);
    try {
      while (!models.reachedEnd()) {
        sink.accept(models.nextRecord(null));
      }
    } finally {
      models.close();
    }
  }
}
