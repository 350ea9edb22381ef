package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The columns of a table of images: one of bytes, or a structure with {@code bytes}, as Hugging Face writes; and one with the
 * names, {@code file} or {@code path}, in the table or in the structure.
 *
 * @param projection the schema of these columns alone, as Parquet writes schemas
 * @param bytes names of the column and, in a structure, of its field
 * @param name in the same way; empty if images have no names
 */
record ImageColumns(String projection, List<String> bytes, List<String> name) implements Serializable {
    private static final String BYTES = "bytes";
    private static final List<String> NAMES = List.of("file", "path");

    ImageColumns {
        bytes = List.copyOf(bytes);
        name = List.copyOf(name);
    }

    /**
     * Finds them in a table.
     *
     * @param table in the words of the user
     * @throws ResidualException of kind BAD_DATA if there is not exactly one column of images
     */
    static ImageColumns of(MessageType schema, String table) {
        List<List<String>> candidates = new ArrayList<>();
        for (Type column : schema.getFields()) {
            if (isBytes(column)) {
                candidates.add(List.of(column.getName()));
            } else if (isStructure(column) && hasBytes(column.asGroupType())) {
                candidates.add(List.of(column.getName(), BYTES));
            }
        }
        if (candidates.size() != 1) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    table + ": expected one column with the bytes of images, found "
                            + (candidates.isEmpty()
                                    ? "none"
                                    : candidates.stream()
                                            .map(c -> String.join(".", c))
                                            .collect(Collectors.joining(", ")))
                            + " among the columns "
                            + schema.getFields().stream().map(Type::getName).collect(Collectors.joining(", "))
                            + ": write a table with one");
        }
        List<String> bytes = candidates.get(0);
        List<String> name = name(schema, bytes);
        List<Type> fields = schema.getFields().stream()
                .filter(column -> column.getName().equals(bytes.get(0))
                        || (name.size() == 1 && column.getName().equals(name.get(0))))
                .toList();
        return new ImageColumns(new MessageType(schema.getName(), fields).toString(), bytes, name);
    }

    private static List<String> name(MessageType schema, List<String> bytes) {
        Optional<List<String>> inTable = named(schema).map(List::of);
        if (inTable.isPresent() || bytes.size() == 1) {
            return inTable.orElse(List.of());
        }
        return named(schema.getType(bytes.get(0)).asGroupType())
                .map(field -> List.of(bytes.get(0), field))
                .orElse(List.of());
    }

    private static Optional<String> named(GroupType fields) {
        return NAMES.stream()
                .filter(fields::containsField)
                .filter(name -> isText(fields.getType(name)))
                .findFirst();
    }

    private static boolean isStructure(Type type) {
        return !type.isPrimitive()
                && !type.isRepetition(Type.Repetition.REPEATED)
                && type.getLogicalTypeAnnotation() == null;
    }

    private static boolean hasBytes(GroupType fields) {
        return fields.containsField(BYTES) && isBytes(fields.getType(BYTES));
    }

    private static boolean isBytes(Type type) {
        return isBinary(type) && type.getLogicalTypeAnnotation() == null;
    }

    private static boolean isText(Type type) {
        return isBinary(type) && LogicalTypeAnnotation.stringType().equals(type.getLogicalTypeAnnotation());
    }

    private static boolean isBinary(Type type) {
        return type.isPrimitive()
                && !type.isRepetition(Type.Repetition.REPEATED)
                && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
    }

    /** The bytes of a row's image, if it has any. */
    Optional<byte[]> bytes(Group row) {
        return holder(row, bytes).map(group -> group.getBinary(last(bytes), 0).getBytes());
    }

    /** The name of a row's image, if it has one. */
    Optional<String> name(Group row) {
        return name.isEmpty() ? Optional.empty() : holder(row, name).map(group -> group.getString(last(name), 0));
    }

    private static String last(List<String> path) {
        return path.get(path.size() - 1);
    }

    /** The row or structure that has a value for the last name of a path. */
    private static Optional<Group> holder(Group row, List<String> path) {
        Group group = row;
        if (path.size() > 1) {
            if (row.getFieldRepetitionCount(path.get(0)) == 0) {
                return Optional.empty();
            }
            group = row.getGroup(path.get(0), 0);
        }
        return group.getFieldRepetitionCount(last(path)) == 0 ? Optional.empty() : Optional.of(group);
    }
}
