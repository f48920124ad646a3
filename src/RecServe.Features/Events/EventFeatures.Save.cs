using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace RecServe.Features;

public sealed partial class EventFeatures
{
    // Changes with every change of what is written below: an older state is not read, its events are read again.
    private const int SavedFormat = 1;

    /// <summary>
    /// Writes the state. What no reading from now on can see is left out and everything is in order, so that states of the same features and events are equal bytes.
    /// </summary>
    public void Save(IBufferWriter<byte> target)
    {
        var writer = new StateWriter(target);
        writer.Write(SavedFormat);
        writer.Write(Features.Count);
        foreach (DerivedFeature feature in Features)
            writer.Write(feature.ToString());
        writer.Write(Newest);
        foreach (EntityTable table in Tables)
            Save(table, writer);
    }

    /// <summary>Reads a state into one that has no events yet.</summary>
    /// <returns>Null, or why it cannot be used; the state is then to be thrown away.</returns>
    public string? Restore(ReadOnlySpan<byte> saved)
    {
        var reader = new StateReader(saved);
        if (reader.Int32() != SavedFormat)
            return "it was written by another version of this program";
        var features = new string[Math.Clamp(reader.Int32(), 0, Features.Count + 1)];
        for (int i = 0; i < features.Length; i++)
            features[i] = reader.Text();
        if (!features.SequenceEqual(Features.Select(feature => feature.ToString())))
            return "it holds other features than the models that are served";
        Newest = reader.Int64();
        foreach (EntityTable table in Tables)
        {
            if (Restore(table, ref reader) is { } problem)
                return problem;
        }

        return reader.IsAtEnd ? null : "it is damaged";
    }

    private void Save(EntityTable table, StateWriter writer)
    {
        EntityPlan plan = table.Plan;
        (UInt128 Key, EntityEvents Events)[] entities = [.. table.Entities.Where(entity => plan.Matters(entity.Events, Newest)).OrderBy(entity => entity.Key)];
        writer.Write(entities.Length);
        foreach ((UInt128 key, EntityEvents events) in entities)
        {
            writer.Write((long)(ulong)(key >> 64));
            writer.Write((long)(ulong)key);
            writer.Write(events.Newest);
            for (int ring = 0; ring < events.Rings.Length; ring++)
                Save(events.Rings[ring], plan.Windows[ring].SlotOf(Newest + 1) - plan.Windows[ring].Slots, plan.Counted.Count, writer);
            foreach (RecentItems list in events.Lists)
                Save(list, Newest + 1 - EventLimits.HistoryMs, writer);
        }
    }

    private static void Save(SlotRing ring, int passed, int counters, StateWriter writer)
    {
        int first = 0;
        while (first < ring.Count && ring.SlotAt(first) <= passed)
            first++;
        writer.Write(ring.Count - first);
        for (int cell = first; cell < ring.Count; cell++)
        {
            writer.Write(ring.SlotAt(cell));
            for (int counter = 0; counter < counters; counter++)
                writer.Write(ring.CountAt(cell, counter));
        }
    }

    private static void Save(RecentItems list, long oldest, StateWriter writer)
    {
        int count = 0;
        while (count < list.Count && list.TimeAt(count) >= oldest)
            count++;
        writer.Write(count);
        for (int i = 0; i < count; i++)
        {
            writer.Write(list.TimeAt(i));
            writer.Write((long)list.ItemAt(i));
        }
    }

    private static string? Restore(EntityTable table, ref StateReader reader)
    {
        EntityPlan plan = table.Plan;
        int entities = reader.Int32();
        for (int i = 0; i < entities && !reader.IsDamaged; i++)
        {
            var key = new UInt128((ulong)reader.Int64(), (ulong)reader.Int64());
            if (table.Take(key) is not { } events)
                return $"it holds {entities:N0} users, items or pairs, more than are allowed";
            events.Newest = reader.Int64();
            foreach (SlotRing ring in events.Rings)
            {
                for (int left = reader.Int32(); left > 0 && !reader.IsDamaged; left--)
                {
                    int slot = reader.Int32();
                    for (int counter = 0; counter < plan.Counted.Count; counter++)
                        ring.Add(slot, counter, reader.Int32());
                }
            }

            foreach (RecentItems list in events.Lists)
            {
                for (int left = reader.Int32(); left > 0 && !reader.IsDamaged; left--)
                    list.Add(reader.Int64(), (ulong)reader.Int64());
            }
        }

        return reader.IsDamaged ? "it is damaged" : null;
    }

    private readonly struct StateWriter(IBufferWriter<byte> target)
    {
        public void Write(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target.GetSpan(sizeof(int)), value);
            target.Advance(sizeof(int));
        }

        public void Write(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target.GetSpan(sizeof(long)), value);
            target.Advance(sizeof(long));
        }

        public void Write(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Write(bytes.Length);
            target.Write(bytes);
        }
    }

    /// <summary>Reads what was written; past the end it gives zeros and is damaged.</summary>
    private ref struct StateReader(ReadOnlySpan<byte> left)
    {
        private ReadOnlySpan<byte> _left = left;

        public bool IsDamaged { get; private set; }

        public readonly bool IsAtEnd => _left.IsEmpty && !IsDamaged;

        public int Int32() => Take(sizeof(int)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

        public long Int64() => Take(sizeof(long)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

        public string Text() => Encoding.UTF8.GetString(Take(Int32()));

        private ReadOnlySpan<byte> Take(int length)
        {
            if (length < 0 || length > _left.Length)
            {
                IsDamaged = true;
                _left = [];
                return [];
            }

            ReadOnlySpan<byte> taken = _left[..length];
            _left = _left[length..];
            return taken;
        }
    }
}
