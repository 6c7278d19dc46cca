package dev.xcs.model;

import java.util.List;

/**
 * The next control messages for a reader.
 *
 * @param upTo every sequence number up to here has been looked at; where to go on from
 * @param lostFrom first sequence number that is gone from the journal and was not seen, 0 for none
 * @param lostTo last of these
 */
public record EventBatch(List<ControlMessage> messages, long upTo, long lostFrom, long lostTo) {
    public EventBatch {
        messages = List.copyOf(messages);
    }

    public boolean hasGap() {
        return lostFrom > 0;
    }
}
