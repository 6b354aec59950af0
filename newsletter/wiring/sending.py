"""Sending, and steering what is under way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from newsletter import config
from newsletter.edges.package import shipped
from newsletter.wiring.keeping import Keeping
from newsletter.wiring.letters import Letters, support

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from newsletter.model.domain import DomainAuthentication
    from newsletter.pipeline import steering
    from newsletter.pipeline.doctor import Checkup
    from newsletter.pipeline.send import Ports as SendPorts
    from newsletter.pipeline.send import SendPlan, SendReport
    from newsletter.pipeline.steering import Steered
    from newsletter.pipeline.trial import Tried as TriedLetter
    from newsletter.ports import Holding, Mailer


class Sending(Letters, Keeping):
    """The verbs about a sending."""

    def doctor(self, via: str = "") -> Checkup:
        """What is ready, what is missing, and what to do about it, for letters that leave by a transport.

        Without one: by the only one that is set up, else by the outbox.
        """
        from newsletter.pipeline import doctor
        from newsletter.pipeline.readiness import Transport

        name = via or self.usual_transport()
        return doctor.doctor(
            workspace=self.workspace,
            people=self._people(),
            settings=self.settings,
            resolver=self.resolver,
            transport=Transport(name, self._authentications() if name == "sendgrid" else None),
        )

    def send(
        self,
        issue: str,
        *,
        via: str | None = None,
        confirm: str = "",
        dry_run: bool = False,
        at: str = "",
        correction: str = "",
        on_plan: Callable[[SendPlan], None],
        on_progress: Callable[[int, int], None],
    ) -> SendReport:
        """The plan; with `confirm` equal to the issue's name, each letter leaves once, at `at` or later."""
        from newsletter.pipeline import correcting, send

        corrects = issue if correction else ""
        if correction:
            issue = correcting.issue_of(correction)
        return send.send(
            issue,
            self._send_ports(via or self._transport_of(issue), issue),
            confirm=confirm,
            dry_run=dry_run,
            at=self._moment(at),
            corrects=corrects,
            on_plan=on_plan,
            on_progress=on_progress,
        )

    def send_trial(
        self, issue: str, to: Sequence[str], *, via: str | None = None, correction: str = ""
    ) -> Sequence[TriedLetter]:
        """Every edition to a few addresses, marked, outside the ledger; with `correction`, that letter's."""
        from newsletter.pipeline import check, correcting, send, trial

        if correction:
            issue = correcting.issue_of(correction)
        mailer = self.mailer(via or self.usual_transport(), f"{issue}/test", trial=True)
        seeds = self.settings.sending.seeds
        addresses = trial.addresses(to, seeds, local=mailer.features.local)
        made = check.rendered(issue, self._letters()).letters
        bounces = send.bounces_of(self.settings)
        return trial.trial(
            made, addresses, mailer=mailer, clock=self.clock, new_id=self.new_id, bounces=bounces
        )

    def resume(
        self,
        issue: str,
        *,
        on_plan: Callable[[SendPlan], None],
        on_progress: Callable[[int, int], None],
    ) -> SendReport:
        """Go on with a sending that was paused or interrupted."""
        from newsletter.pipeline import send

        ports = self._send_ports(self._transport_of(issue), issue)
        return send.resume(issue, ports, on_plan=on_plan, on_progress=on_progress)

    def pause(self, issue: str, why: str = "") -> Steered:
        """Claim nothing more of a sending that is under way."""
        from newsletter.pipeline import steering

        return steering.pause(issue, self._steer_ports(issue), why)

    def cancel(self, issue: str) -> Steered:
        """Take back all of a sending that has not left."""
        from newsletter.pipeline import steering

        return steering.cancel(issue, self._steer_ports(issue))

    def resolve(self, issue: str, verdict: str = "", who: Collection[str] = (), why: str = "") -> Steered:
        """Settle what is not known: by asking, and by what a person says."""
        from newsletter.pipeline import steering

        said = steering.Verdict(verdict) if verdict else None
        return steering.resolve(issue, self._steer_ports(issue), said, who, why)

    def _authentications(self) -> Sequence[DomainAuthentication] | None:
        """What SendGrid says of the senders' domains; None where it does not answer or may not be asked."""
        from newsletter.edges.sendgrid import SendGrid
        from newsletter.errors import OutsideError

        settings = config.with_secrets(self.settings)
        if not settings.sendgrid.api_key:
            return None
        mailer = SendGrid(settings.sendgrid, now=self.clock.now)
        self._mailers.append(mailer)
        try:
            return mailer.domain_authentications()
        except OutsideError:
            return None

    def _moment(self, text: str) -> datetime | None:
        from newsletter.model.moment import moment

        return moment(text, ZoneInfo(self.settings.association.timezone)) if text else None

    def _transport_of(self, issue: str) -> str:
        """What the issue's sending began by; for one that is not planned, the usual way."""
        sending = self.store.book.sending(issue)
        return sending.transport if sending else self.usual_transport()

    def _steer_ports(self, issue: str) -> steering.Ports:
        from newsletter.pipeline import steering

        mailer = self.mailer(self._transport_of(issue), issue)
        return steering.Ports(
            book=self.store.book,
            ledger=self.store.ledger,
            steering=self.store.steering,
            batches=self.store.batches,
            mailer=mailer,
            lock=self.lock(),
            clock=self.clock,
            window=timedelta(minutes=self.settings.sendgrid.window_minutes),
            holding=self._holding(mailer),
        )

    def _send_ports(self, via: str, issue: str) -> SendPorts:
        from newsletter.edges import git
        from newsletter.pipeline import send

        mailer = self.mailer(via, issue)
        return send.Ports(
            workspace=self.workspace,
            people=self.store.people,
            suppressions=self.store.suppressions,
            approved=self.store.approved,
            ledger=self.store.ledger,
            book=self.store.book,
            steering=self.store.steering,
            batches=self.store.batches,
            mailer=mailer,
            lock=self.lock(),
            clock=self.clock,
            settings=self.settings,
            shipped=shipped("letters"),
            key=self.state.suppression_key(),
            new_id=self.new_id,
            support=support(),
            back_up=self.back_up,
            restored=self.store.continuity,
            fetcher=lambda: self.fetcher,
            holding=self._holding(mailer),
            history=git.Repository(self.root),
        )

    def _holding(self, mailer: Mailer) -> Holding | None:
        """The mailer again, where its provider holds letters until they are due."""
        return cast("Holding", mailer) if mailer.features.holds else None
