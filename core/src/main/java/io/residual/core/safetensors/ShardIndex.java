package io.residual.core.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.residual.core.files.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The index of a model in several files, as Hugging Face's libraries write {@code model.safetensors.index.json}: its {@code
 * weight_map} names the file of each tensor. The files lie beside the index.
 *
 * @param tensors those of the index, in its order
 */
record ShardIndex(Map<String, SafetensorsTensor> tensors) {
    static final String SUFFIX = ".safetensors.index.json";

    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // As in HeaderParser: names may be chosen to collide.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    static ShardIndex read(Path path) throws IOException {
        Map<String, SafetensorsFile> files = new LinkedHashMap<>();
        Map<String, SafetensorsTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : weightMap(path).entrySet()) {
            String name = entry.getValue();
            SafetensorsFile file = files.get(name);
            if (file == null) {
                file = SafetensorsFile.read(shard(path, name));
                files.put(name, file);
            }
            tensors.put(entry.getKey(), file.tensor(entry.getKey()));
        }
        return new ShardIndex(tensors);
    }

    private static Path shard(Path index, String name) throws SafetensorsException {
        if (!name.matches("[^/\\\\:\\x00-\\x1f]+\\.safetensors")) {
            throw new SafetensorsException(
                    index + ": " + Quoted.name(name) + " is not the name of a safetensors file beside the index");
        }
        Path file = index.resolveSibling(name);
        if (!Files.exists(file)) {
            throw new SafetensorsException(
                    index + ": its file " + Quoted.name(name) + " is missing: put all files of the index beside it");
        }
        return file;
    }

    private static Map<String, String> weightMap(Path path) throws IOException {
        try (InputStream in = RegularFile.stream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new SafetensorsException(path + ": larger than 16 MiB: this is no index");
            }
            try (JsonParser json = JSON.createParser(bytes)) {
                return weightMap(path, json);
            }
        } catch (JsonProcessingException e) {
            throw new SafetensorsException(
                    path + ": is not JSON: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }

    private static Map<String, String> weightMap(Path path, JsonParser json) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        require(json.nextToken() == JsonToken.START_OBJECT, path);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean isMap = json.currentName().equals("weight_map");
            JsonToken value = json.nextToken();
            if (!isMap) {
                json.skipChildren();
                continue;
            }
            require(value == JsonToken.START_OBJECT, path);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                require(json.nextToken() == JsonToken.VALUE_STRING, path);
                map.put(name, json.getText());
            }
        }
        require(!map.isEmpty(), path);
        return map;
    }

    private static void require(boolean expected, Path path) throws SafetensorsException {
        if (!expected) {
            throw new SafetensorsException(
                    path + ": expected an object with a \"weight_map\" from names of tensors to names of files");
        }
    }
}
