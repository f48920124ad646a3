using System.Buffers;

namespace RecServe.Features.Tests.Events;

public class EventStateTests
{
    [Fact]
    public void Save_of_the_same_events_in_any_order_is_the_same_bytes()
    {
        List<InteractionEvent> events = TestEvents.Generate(6_000, seed: 11);
        EventFeatures ordered = TestEvents.NewState(), shuffled = TestEvents.NewState();
        events.ForEach(one => TestEvents.Add(ordered, one));
        TestEvents.Delayed(events, 30 * TestEvents.Day, seed: 12).ForEach(one => TestEvents.Add(shuffled, one));
        Assert.Equal(Saved(ordered), Saved(shuffled));
        TestEvents.Add(shuffled, events[^1]);
        Assert.NotEqual(Saved(ordered), Saved(shuffled));
    }

    [Fact]
    public void Restore_and_going_on_equals_never_having_stopped()
    {
        List<InteractionEvent> events = TestEvents.Delayed(TestEvents.Generate(6_000, seed: 13), TestEvents.Hour, seed: 14);
        EventFeatures whole = TestEvents.NewState(), parts = TestEvents.NewState();
        for (int i = 0; i < events.Count; i++)
        {
            TestEvents.Add(whole, events[i]);
            TestEvents.Add(parts, events[i]);
            if (i % 1_500 != 0)
                continue;
            EventFeatures next = TestEvents.NewState();
            Assert.Null(next.Restore(Saved(parts)));
            parts = next;
        }

        Assert.Equal(Saved(whole), Saved(parts));
        foreach (InteractionEvent interaction in events)
        {
            for (int feature = 0; feature < whole.Features.Count; feature++)
                Assert.Equal(TestEvents.Read(whole, feature, TestEvents.SubjectOf(interaction), 0), TestEvents.Read(parts, feature, TestEvents.SubjectOf(interaction), 0));
        }
    }

    [Fact]
    public void Restore_refuses_what_it_cannot_read()
    {
        EventFeatures state = TestEvents.NewState();
        TestEvents.Generate(50, seed: 15).ForEach(one => TestEvents.Add(state, one));
        byte[] saved = Saved(state);
        Assert.Equal("it was written by another version of this program", TestEvents.NewState().Restore([2, .. saved[1..]]));
        Assert.Equal("it holds other features than the models that are served", new EventFeatures([TestEvents.Parse("item.clicks/1h")], 10).Restore(saved));
        Assert.EndsWith("more than are allowed", TestEvents.NewState(entities: 2).Restore(saved), StringComparison.Ordinal);
        Assert.Equal("it is damaged", TestEvents.NewState().Restore([.. saved, 0]));
        for (int length = 0; length < saved.Length; length++)
            Assert.NotNull(TestEvents.NewState().Restore(saved.AsSpan(0, length)));
    }

    private static byte[] Saved(EventFeatures state)
    {
        var target = new ArrayBufferWriter<byte>();
        state.Save(target);
        return target.WrittenSpan.ToArray();
    }
}
