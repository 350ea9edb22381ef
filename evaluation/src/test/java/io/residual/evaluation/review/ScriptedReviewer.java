package io.residual.evaluation.review;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.SplitMix64;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

/**
 * A reviewer who knows which labels {@link PlantedFlips} has changed: relabels those, and keeps all others, which are as the
 * data have them. Uses the page's own requests.
 */
final class ScriptedReviewer {
    private final String url;
    private final Map<String, String> truth;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();

    ScriptedReviewer(String url, Map<String, String> truth) {
        this.url = url;
        this.truth = truth;
    }

    /**
     * Decides on the first suspects among the training images.
     *
     * @param mistakes share of answers that are wrong: a kept label that is wrong, or a right one that is dropped
     * @return how many were relabelled
     */
    int review(int count, double mistakes, long seed) throws IOException, InterruptedException {
        SplitMix64 random = new SplitMix64(seed);
        JsonNode items = get("review").get("items");
        int relabelled = 0;
        for (int number = 0; number < Math.min(count, items.size()); number++) {
            JsonNode item = items.get(number);
            String label = item.get("label").textValue();
            String right = truth.getOrDefault(item.get("name").textValue(), label);
            boolean errs = random.below(1000) < 1000 * mistakes;
            ObjectNode decision = JsonNodeFactory.instance.objectNode().put("number", number);
            if (right.equals(label)) {
                decision.put("verdict", errs ? "DROP" : "KEEP").put("after", "");
            } else {
                decision.put("verdict", errs ? "KEEP" : "RELABEL").put("after", errs ? "" : right);
                relabelled += errs ? 0 : 1;
            }
            post(decision);
        }
        return relabelled;
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return json(HttpRequest.newBuilder(URI.create(url + path)).build());
    }

    private void post(ObjectNode decision) throws IOException, InterruptedException {
        json(HttpRequest.newBuilder(URI.create(url + "decision"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(decision.toString()))
                .build());
    }

    private JsonNode json(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(request.uri() + ": " + response.statusCode() + " " + response.body());
        }
        return mapper.readTree(response.body());
    }

    /** Arguments: address of the page, folder of the planted flips, number of suspects, share of mistakes, seed. */
    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[2]);
        int relabelled = new ScriptedReviewer(args[0], PlantedFlips.truth(Path.of(args[1])))
                .review(count, Double.parseDouble(args[3]), Long.parseLong(args[4]));
        System.out.println(relabelled + " of " + count + " suspects were relabelled");
    }
}
