Console.WriteLine("recserve"); return 0;
