package dev.xcs.hypervisor.xen;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.ArrayList;
import java.util.List;

/** What nftables lists, read from its JSON (libnftables-json(5)): an array of objects, each with one field that names its kind. */
final class NftListing {
    private static final ObjectMapper JSON = new ObjectMapper();

    private NftListing() {}

    static List<JsonNode> read(String json, String kind) {
        try {
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode item : JSON.readTree(json).path("nftables")) {
                if (item.has(kind)) {
                    found.add(item.get(kind));
                }
            }
            return found;
        } catch (JsonProcessingException e) {
            Problem problem = Problem.of(
                            ProblemType.HYPERVISOR, "nftables lists what is no JSON: " + Problem.quote(e.getMessage()))
                    .withCall("nft_ctx_get_output_buffer", kind);
            throw new ProblemException(problem, e);
        }
    }
}
