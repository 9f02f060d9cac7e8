package dev.braid.jobs.inspect;

import dev.braid.jobs.cli.UsageException;
import dev.braid.jobs.topology.BraidTopology;
import dev.braid.jobs.topology.DividedModels;
import dev.braid.router.Division;
import dev.braid.router.Learner;
import dev.braid.router.LearnerImage;
import dev.braid.state.image.SavedParts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final Map<OperatorID, OperatorState> operators = new HashMap<>();

  private Savepoint(final String place, final CheckpointMetadata metadata) {
    this.place = place;
    metadata.getOperatorStates().forEach(state -> operators.put(state.getOperatorID(), state));
  }

  /** The state of an operator, or null if there is none of that uid. */
  private OperatorState operator(final String uid) {
    return operators.get(OperatorIDGenerator.fromUid(uid));
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
    final Savepoint savepoint = new Savepoint(place, metadata);
    if (savepoint.operator(BraidTopology.LEARNER) != null
        || savepoint.operator(DividedModels.SEQUENCER) != null) {
      return savepoint;
    }
    throw new UsageException(
        "--savepoint: '"
            + place
            + "' is a savepoint without models of Braid: none of its operators has the uid '"
            + BraidTopology.LEARNER
            + "' or '"
            + DividedModels.SEQUENCER
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
   * @param onlyKey the key, or null
   * @throws IllegalStateException in one sentence, if a file of it cannot be read
   */
  void read(final String onlyKey, final Consumer<ModelSummary> sink) throws Exception {
    reading(
        configuration -> {
          final OperatorState learner = operator(BraidTopology.LEARNER);
          if (learner == null) {
            readDivided(configuration, onlyKey, sink);
          } else {
            final ModelReader models = new ModelReader(ModelReader.Piece.WHOLE);
            read(learner, configuration, new ModelReaderOperator<>(models, onlyKey), sink);
          }
        });
  }

  /**
   * Reads the learner of a model that is there.
   *
   * @return null if it has met no event yet
   * @throws IllegalStateException in one sentence, if a file of it cannot be read
   */
  Learner learner(final String key) throws Exception {
    final List<SavedParts> parts = new ArrayList<>();
    final OperatorState learner = operator(BraidTopology.LEARNER);
    final OperatorState holder = learner == null ? operator(DividedModels.COMBINER) : learner;
    reading(
        configuration -> {
          final PartsReader ofModel = new PartsReader(false);
          read(holder, configuration, new ModelReaderOperator<>(ofModel, key), parts::add);
          if (learner == null) {
            final PartsReader ofShards = new PartsReader(true);
            final OperatorState shards = operator(DividedModels.SHARDS);
            read(shards, configuration, new ModelReaderOperator<>(ofShards, key), parts::add);
          }
        });
    if (parts.isEmpty() || parts.get(0) == PartsReader.NOTHING) {
      return null;
    }
    return learner == null
        ? Division.whole(parts.get(0), parts.subList(1, parts.size()))
        : LearnerImage.read(parts.get(0));
  }

  /** Reads with RocksDB's files in a folder that is gone afterwards. */
  private interface Reading {
    void read(Configuration configuration) throws IOException;
  }

  private void reading(final Reading work) throws IOException {
    final java.nio.file.Path temporary = Files.createTempDirectory("braid-inspect");
    try {
      work.read(configuration(temporary));
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

  private void readDivided(
      final Configuration configuration, final String onlyKey, final Consumer<ModelSummary> sink)
      throws IOException {
    final DividedSavepoint models = new DividedSavepoint();
    read(
        operator(DividedModels.SHARDS),
        configuration,
        new ModelReaderOperator<>(new ShardReader(), onlyKey),
        models::add);
    read(
        operator(DividedModels.COMBINER),
        configuration,
        new ModelReaderOperator<>(new ModelReader(ModelReader.Piece.COMBINING), onlyKey),
        models::add);
    read(
        operator(DividedModels.SEQUENCER),
        configuration,
        new ModelReaderOperator<>(new ModelReader(ModelReader.Piece.ORDERING), onlyKey),
        ordering -> models.tell(ordering, sink));
  }

  private static <T> void read(
      final OperatorState operator,
      final Configuration configuration,
      final ModelReaderOperator<T> reader,
      final Consumer<T> sink)
      throws IOException {
    final KeyedStateInputFormat<String, VoidNamespace, T> pieces =
        new KeyedStateInputFormat<>(
            operator,
            new EmbeddedRocksDBStateBackend(),
            configuration,
            reader,
            new ExecutionConfig());
    pieces.setRuntimeContext(NoTask.context(operator.getMaxParallelism()));
    pieces.openInputFormat();
    for (final KeyGroupRangeInputSplit split : pieces.createInputSplits(1)) {
      read(pieces, split, sink);
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
