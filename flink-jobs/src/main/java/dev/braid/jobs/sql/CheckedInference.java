package dev.braid.jobs.sql;

import dev.braid.jobs.config.ConfigException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.functions.TableSemantics;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.inference.CallContext;
import org.apache.flink.table.types.inference.TypeInference;
import org.apache.flink.table.types.inference.TypeStrategy;
import org.apache.flink.types.ColumnList;

/** Looks at the arguments of a call before its type is said: what is wrong stops the statement. */
record CheckedInference(TypeStrategy output, int tables) implements TypeStrategy {
  // The tables stand first; label, id and options follow.
  private static final int INPUT = 0;
  private static final int LABELS = 1;

  /**
   * @param tables how many arguments are tables: the input, and perhaps the late labels
   */
  static TypeInference of(final TypeInference plain, final int tables) {
    final TypeInference.Builder checked = TypeInference.newBuilder();
    checked.staticArguments(plain.getStaticArguments().orElseThrow());
    checked.stateTypeStrategies(plain.getStateTypeStrategies());
    checked.outputTypeStrategy(new CheckedInference(plain.getOutputTypeStrategy(), tables));
    return checked.build();
  }

  @Override
  public Optional<DataType> inferType(final CallContext call) {
    final Optional<TableSemantics> input = call.getTableSemantics(INPUT);
    final Optional<ColumnList> label = call.getArgumentValue(tables, ColumnList.class);
    final Optional<ColumnList> id = call.getArgumentValue(tables + 1, ColumnList.class);
    final int options = tables + 2;
    try {
      if (input.isPresent() && label.isPresent() && id.isPresent()) {
        final String labelName = one("label", label.get());
        final String idName = one("id", id.get());
        final InputColumns columns = InputColumns.ofInput(input.get(), labelName, idName);
        SqlOptions.parse(
                call.isArgumentNull(options)
                    ? null
                    : call.getArgumentValue(options, String.class).orElse(null),
                columns.labels())
            .require(columns.hasTime());
        if (tables > 1) {
          InputColumns.ofLabels(call.getTableSemantics(LABELS).orElseThrow(), labelName, idName);
        }
      }
    } catch (final ConfigException refused) {
      throw new ValidationException(refused.getMessage(), refused);
    }
    return output.inferType(call);
  }

  private static String one(final String argument, final ColumnList columns) {
    final List<String> names = columns.getNames();
    if (names.size() != 1) {
      throw new ConfigException(
          "The argument '" + argument + "' of BRAID takes one column, not " + names.size() + ".");
    }
    return names.get(0);
  }
}
