namespace RecServe.Features.Tests.Events;

public class EventFeaturesTests
{
    [Fact]
    public void Read_after_every_event_equals_a_recomputation_from_the_raw_events()
    {
        // Late, too late, out of order and sent twice; a user's events come by one log of three.
        List<InteractionEvent> events = TestEvents.Generate(6_000, seed: 1);
        var random = new Random(2);
        events.AddRange(events.Where(_ => random.Next(20) == 0).ToArray());
        List<InteractionEvent> arrivals = TestEvents.Delayed(events, 120 * TestEvents.Minute, seed: 3);
        EventFeatures state = TestEvents.NewState();
        var raw = new RawEvents();
        EventAdmission[] logs = [.. Enumerable.Range(0, 3).Select(_ => new EventAdmission(new AdmissionOptions()))];
        var verdicts = new int[4];
        foreach (InteractionEvent interaction in arrivals)
        {
            EventVerdict verdict = logs[(int)(interaction.User % 3)].Judge(interaction.Id, interaction.Time, 0);
            verdicts[(int)verdict]++;
            if (verdict == EventVerdict.Accepted)
            {
                TestEvents.Add(state, interaction);
                raw.Add(interaction, TestEvents.CategoryOf(interaction.Item));
            }

            EventSubject subject = TestEvents.SubjectOf(interaction);
            foreach (long time in (long[])[interaction.Time, interaction.Time + TestEvents.Hour, interaction.Time + (5 * TestEvents.Day)])
                AssertSame(raw.ReadNow, state, subject, time);
        }

        Assert.All([EventVerdict.Accepted, EventVerdict.Duplicate, EventVerdict.Late], verdict => Assert.True(verdicts[(int)verdict] > 100, $"{verdict}: {verdicts[(int)verdict]}"));
        Assert.Equal(0, state.Untaken);
    }

    [Fact]
    public void Read_does_not_depend_on_the_order_in_which_events_arrived()
    {
        List<InteractionEvent> events = TestEvents.Generate(6_000, seed: 4);
        EventFeatures ordered = TestEvents.NewState(), shuffled = TestEvents.NewState();
        events.ForEach(one => TestEvents.Add(ordered, one));
        TestEvents.Delayed(events, 30 * TestEvents.Day, seed: 5).ForEach(one => TestEvents.Add(shuffled, one));
        foreach (InteractionEvent interaction in events)
        {
            EventSubject subject = TestEvents.SubjectOf(interaction);
            for (int feature = 0; feature < ordered.Features.Count; feature++)
                Assert.Equal(TestEvents.Read(ordered, feature, subject, 0), TestEvents.Read(shuffled, feature, subject, 0));
        }
    }

    [Fact]
    public void AdvanceTo_every_event_shows_what_was_known_just_before_it()
    {
        List<InteractionEvent> events = TestEvents.Generate(6_000, seed: 6);
        var raw = new RawEvents();
        events.ForEach(one => raw.Add(one, TestEvents.CategoryOf(one.Item)));
        var replay = new PointInTime(TestEvents.NewState(), TestEvents.Delayed(events, TestEvents.Day, seed: 7), item => new[] { TestEvents.CategoryOf(item) });
        foreach (InteractionEvent interaction in events)
        {
            replay.AdvanceTo(interaction.Time);
            AssertSame(raw.Read, replay.State, TestEvents.SubjectOf(interaction), interaction.Time);
        }
    }

    [Fact]
    public void AdvanceTo_an_event_hides_it_and_all_that_happen_at_its_time_or_later()
    {
        var clicks = new[] { 0, 0, 1 }.Select((after, i) => new InteractionEvent((ulong)i + 1, 1, (ulong)i + 1, InteractionType.Click, TestEvents.Start + after));
        EventFeatures state = TestEvents.NewState();
        var replay = new PointInTime(state, clicks, item => new ulong[1]);
        int count = state.IndexOf(TestEvents.Parse("user.clicks/1h")), history = state.IndexOf(TestEvents.Parse("user.last_clicks/5"));
        int[] known = [.. new[] { 0, 1, 2 }.Select(after =>
        {
            replay.AdvanceTo(TestEvents.Start + after);
            Assert.True(state.TryRead(count, new EventSubject(1, 0, 0), TestEvents.Start + after, out double value));
            Assert.Equal(value, state.ReadItems(history, 1, TestEvents.Start + after, new ulong[5]));
            return (int)value;
        })];
        Assert.Equal([0, 2, 3], known);
        Assert.Throws<ArgumentOutOfRangeException>(() => replay.AdvanceTo(TestEvents.Start + 1));
    }

    [Theory]
    [InlineData("1h", 60_000, 60)]
    [InlineData("24h", 900_000, 96)]
    [InlineData("7d", 3_600_000, 168)]
    public void Read_holds_the_slot_of_the_moment_and_those_before_it(string window, long slot, int slots)
    {
        DerivedFeature feature = TestEvents.Parse($"item.clicks/{window}");
        long time = (TestEvents.Start / slot * slot) + (slot / 2), start = (TestEvents.Start / slot * slot) - ((slots - 1) * slot);
        foreach ((long at, int expected) in (ReadOnlySpan<(long, int)>)[(start - 1, 0), (start, 1), (time - 1, 1)])
        {
            var state = new EventFeatures([feature], 10);
            state.Add(new InteractionEvent(1, 1, 1, InteractionType.Click, at), []);
            Assert.True(state.TryRead(0, new EventSubject(0, 1, 0), time, out double value));
            Assert.Equal(expected, value);
        }
    }

    [Fact]
    public void Add_forgets_entities_that_no_longer_matter()
    {
        var state = new EventFeatures([TestEvents.Parse("item.clicks/1h")], 1_000_000);
        for (int i = 0; i < 100_000; i++)
            state.Add(new InteractionEvent((ulong)i, 1, (ulong)i + 1, InteractionType.Click, TestEvents.Start + (i * 1_000L)), []);

        // 3,600 items were clicked within the last hour; two are looked at with each event, so that twice as many may be held.
        Assert.InRange(state.Entities, 3_600, 7_300);
    }

    [Fact]
    public void Add_beyond_the_limit_counts_what_is_not_taken()
    {
        var state = new EventFeatures([TestEvents.Parse("item.clicks/1h")], 2);
        for (ulong item = 1; item <= 3; item++)
            state.Add(new InteractionEvent(item, 1, item, InteractionType.Click, TestEvents.Start), []);
        Assert.Equal((2, 1L), (state.Entities, state.Untaken));
        Assert.True(state.TryRead(0, new EventSubject(0, 3, 0), TestEvents.Start, out double value));
        Assert.Equal(0, value);
    }

    [Fact]
    public void Read_allocates_nothing()
    {
        EventFeatures state = TestEvents.NewState();
        List<InteractionEvent> events = TestEvents.Generate(2_000, seed: 8);
        events.ForEach(one => TestEvents.Add(state, one));
        ulong[] items = new ulong[EventLimits.History];
        Assert.Equal(0, Allocations.Least(ReadAll));

        void ReadAll()
        {
            foreach (InteractionEvent interaction in events)
            {
                for (int feature = 0; feature < state.Features.Count; feature++)
                {
                    if (state.Features[feature].IsList)
                        state.ReadItems(feature, interaction.User, interaction.Time, items);
                    else
                        state.TryRead(feature, TestEvents.SubjectOf(interaction), interaction.Time, out _);
                }
            }
        }
    }

    private static void AssertSame(Func<DerivedFeature, EventSubject, long, object?> expected, EventFeatures state, EventSubject subject, long time)
    {
        for (int feature = 0; feature < state.Features.Count; feature++)
        {
            object? right = expected(state.Features[feature], subject, time), read = TestEvents.Read(state, feature, subject, time);
            if (right is ulong[] list ? !list.SequenceEqual((ulong[])read!) : !Equals(right, read))
                Assert.Fail($"{state.Features[feature]} of {subject} at {time}: {read}, expected {right}");
        }
    }
}
