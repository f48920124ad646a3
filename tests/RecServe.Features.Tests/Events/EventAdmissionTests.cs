namespace RecServe.Features.Tests.Events;

public class EventAdmissionTests
{
    [Fact]
    public void Judge_agrees_with_the_rule_applied_to_all_that_was_accepted()
    {
        var options = new AdmissionOptions { LatenessMs = 50, Remembered = 20 };
        var random = new Random(1);
        var admission = new EventAdmission(options);
        var accepted = new List<(UInt128 Id, long Time)>();
        long floor = 0, clock = 1_000;
        var seen = new HashSet<EventVerdict>();
        for (int i = 0; i < 20_000; i++)
        {
            // An event of a new id, or a copy of an older one with its time.
            clock += random.Next(5);
            (UInt128 id, long time) = accepted.Count > 0 && random.Next(4) == 0 ? accepted[Math.Max(0, accepted.Count - 1 - random.Next(40))] : ((UInt128)i + 1, clock - random.Next(80));
            long earliest = Math.Max(accepted.Count == 0 ? 0 : accepted.Max(one => one.Time) - 50, floor);
            EventVerdict expected = time < earliest ? EventVerdict.Late : accepted.Contains((id, time)) ? EventVerdict.Duplicate : EventVerdict.Accepted;
            Assert.Equal(expected, admission.Judge(id, time, 0));
            seen.Add(expected);
            if (expected != EventVerdict.Accepted)
                continue;
            accepted.Add((id, time));

            // Only 20 ids can be remembered: those of the oldest time go, and with them everything as old.
            earliest = Math.Max(accepted.Max(one => one.Time) - 50, floor);
            List<(UInt128 Id, long Time)> remembered = [.. accepted.Where(one => one.Time >= earliest)];
            if (remembered.Count > 20)
                floor = Math.Max(floor, remembered.Min(one => one.Time) + 1);
            if (accepted.Count > 400)
                accepted.RemoveRange(0, 200);
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void Judge_nothing_twice_whatever_is_sent_again()
    {
        List<InteractionEvent> events = TestEvents.Generate(3_000, seed: 2);
        List<InteractionEvent> sent = TestEvents.Delayed([.. events, .. events, .. events], 10 * TestEvents.Day, seed: 3);
        var admission = new EventAdmission(new AdmissionOptions { Remembered = 100 });
        var accepted = new HashSet<UInt128>();
        foreach (InteractionEvent interaction in sent)
        {
            if (admission.Judge(interaction.Id, interaction.Time, 0) == EventVerdict.Accepted)
                Assert.True(accepted.Add(interaction.Id));
            Assert.InRange(admission.Remembered.Count, 1, 100);
        }
    }

    [Theory]
    [InlineData(61_000, 0, EventVerdict.Accepted)]
    [InlineData(61_000, 1_000, EventVerdict.Accepted)]
    [InlineData(61_001, 1_000, EventVerdict.Ahead)]
    public void Judge_event_from_the_future_of_its_reception_is_refused(long time, long received, EventVerdict verdict) =>
        Assert.Equal(verdict, new EventAdmission(new AdmissionOptions()).Judge(1, time, received));

    [Fact]
    public void Judge_event_as_late_as_allowed_is_accepted_and_a_millisecond_later_is_not()
    {
        var admission = new EventAdmission(new AdmissionOptions { LatenessMs = 1_000 });
        Assert.Equal(EventVerdict.Accepted, admission.Judge(1, 10_000, 0));
        Assert.Equal(EventVerdict.Accepted, admission.Judge(2, 9_000, 0));
        Assert.Equal(EventVerdict.Late, admission.Judge(3, 8_999, 0));
        Assert.Equal(EventVerdict.Duplicate, admission.Judge(2, 9_000, 0));
        Assert.Equal(EventVerdict.Accepted, admission.Judge(4, 10_001, 0));

        // What is no longer remembered is late: it cannot be counted again.
        Assert.Equal(EventVerdict.Late, admission.Judge(2, 9_000, 0));
    }

    [Fact]
    public void Restore_goes_on_as_if_nothing_had_happened()
    {
        List<InteractionEvent> sent = TestEvents.Delayed(TestEvents.Generate(2_000, seed: 4).SelectMany(one => new[] { one, one }), 2 * TestEvents.Hour, seed: 5);
        var options = new AdmissionOptions { Remembered = 50 };
        var whole = new EventAdmission(options);
        var parts = new EventAdmission(options);
        for (int i = 0; i < sent.Count; i++)
        {
            if (i % 97 == 0)
            {
                var next = new EventAdmission(options);
                next.Restore(parts.Newest, parts.Earliest, parts.Remembered);
                parts = next;
            }

            Assert.Equal(whole.Judge(sent[i].Id, sent[i].Time, 0), parts.Judge(sent[i].Id, sent[i].Time, 0));
        }
    }
}
