package dev.xcs.domain;

import dev.xcs.model.DesiredState;
import dev.xcs.model.Domain;
import dev.xcs.model.DomainState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** What has to be done so that a domain reaches the state an operator wants, or why it cannot. */
final class StateRules {
    enum Action {
        NOTHING,
        PAUSE,
        UNPAUSE,
        ASK_FOR_POWEROFF,
        ASK_FOR_REBOOT,
        /** Replace the dead boot by a new one. */
        RESTART
    }

    private StateRules() {}

    /** @throws ProblemException of type CONFLICT or FORBIDDEN that says what to do instead */
    static Action decide(Domain domain, DesiredState wanted) {
        refuseDom0(domain.domid(), "changed");
        return switch (domain.state()) {
            case RUNNING -> ofRunning(wanted);
            case PAUSED -> ofPaused(domain, wanted);
            case SHUTDOWN, CRASHED -> ofEnded(domain, wanted);
            case CREATING -> throw conflict(domain, wanted, "is still being created");
            case DYING -> throw conflict(domain, wanted, "is being destroyed");
        };
    }

    /** @throws ProblemException if the domid is that of the domain that xcsd itself runs in */
    static void refuseDom0(int domid, String verb) {
        if (domid == 0) {
            throw Problem.of(ProblemType.FORBIDDEN, "Domain 0 cannot be " + verb + ": it is the host's control domain")
                    .toException();
        }
    }

    private static Action ofRunning(DesiredState wanted) {
        return switch (wanted) {
            case RUNNING -> Action.NOTHING;
            case PAUSED -> Action.PAUSE;
            case SHUTDOWN -> Action.ASK_FOR_POWEROFF;
            case REBOOTED -> Action.ASK_FOR_REBOOT;
        };
    }

    private static Action ofPaused(Domain domain, DesiredState wanted) {
        return switch (wanted) {
            case RUNNING -> Action.UNPAUSE;
            case PAUSED -> Action.NOTHING;
            case SHUTDOWN, REBOOTED ->
                throw conflict(domain, wanted, "is paused, so it cannot react; ask for running first, or delete it");
        };
    }

    private static Action ofEnded(Domain domain, DesiredState wanted) {
        if (wanted == DesiredState.SHUTDOWN && domain.state() == DomainState.SHUTDOWN) {
            return Action.NOTHING;
        }
        if (wanted == DesiredState.RUNNING || wanted == DesiredState.REBOOTED) {
            if (!domain.managed()) {
                throw conflict(domain, wanted, "has ended and was not made by xcsd, which so cannot boot it again");
            }
            return Action.RESTART;
        }
        throw conflict(domain, wanted, "has ended; ask for running to boot it again, or delete it");
    }

    private static ProblemException conflict(Domain domain, DesiredState wanted, String why) {
        return Problem.of(
                        ProblemType.CONFLICT,
                        "state: " + Problem.quote(wanted.json()) + " is not possible now: " + domain.name() + " " + why)
                .withField("state")
                .toException();
    }
}
